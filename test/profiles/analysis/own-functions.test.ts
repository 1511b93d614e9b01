import { describe, expect, it } from 'vitest';
import { ownFunctions } from '../../../src/profiles/analysis/own-functions.js';
import { categorisedOf, gatewayMeta, OWN } from '../../support/categorised.js';

describe('ownFunctions', () => {
  const categorised = categorisedOf(
    {
      'main;app.serve;app.wrap;app.route;G:encoding/json.Marshal;G:runtime.mallocgc': 50,
      'main;app.serve;app.wrap;app.auth;K:tcp_sendmsg': 30,
      'main;app.serve': 10,
      'G:net/http.serve': 10,
    },
    { ...gatewayMeta('ferro', { requests: 1000 }), rules: [OWN, { category: 'auth', name: 'auth$', weak: false }] },
  );
  const own = ownFunctions(categorised);

  it('charges each sample to the nearest of the gateway’s functions, so that wrappers fall behind', () => {
    expect(own.map(({ frame, answersFor, total }) => [frame.name, answersFor.samples, total.samples])).toEqual([
      ['app.route', 50, 50],
      ['app.auth', 30, 30],
      ['app.serve', 10, 90],
    ]);
    expect(own[0]?.answersFor.cpuUsPerRequest).toBeCloseTo(505.05, 1);
  });

  it('charges no sample twice', () => {
    expect(own.reduce((sum, { answersFor }) => sum + answersFor.share, 0)).toBeCloseTo(0.9, 9);
  });

  it('charges nobody above an event loop for what the loop runs', () => {
    const loop =
      'app.main;P:run_forever|/usr/lib/python3.11/asyncio/base_events.py;P:thing|/v/site-packages/httpx/x.py';
    expect(ownFunctions(categorisedOf({ [loop]: 5 }, { rules: [OWN] }))).toEqual([]);
  });

  it('takes no library for the gateway’s own, whatever it does', () => {
    expect(ownFunctions(categorisedOf({ 'G:go.uber.org/zap.(*Logger).Info': 5 }, { rules: [OWN] }))).toEqual([]);
  });

  it('finds none in a profile that names nothing of the gateway’s', () => {
    expect(ownFunctions(categorisedOf({ '_PyEval_EvalFrameDefault@/usr/lib/libpython3.11.so.1.0': 5 }))).toEqual([]);
  });
});
