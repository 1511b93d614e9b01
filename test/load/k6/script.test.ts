import { describe, expect, it } from 'vitest';
import { k6Script } from '../../../src/load/k6/script.js';
import { FailureClass } from '../../../src/model/load.js';
import { aSpec } from '../external/spec.js';

/** The object that follows `const NAME = ` in a script. */
function constant(script: string, name: string): unknown {
  const text = new RegExp(`const ${name} = (\\{\\n[\\s\\S]*?\\n\\}|[^\\n]*);\\n`).exec(script)?.[1];
  return JSON.parse(text ?? 'null');
}

describe('k6Script', () => {
  const spec = aSpec({ vus: 150, warmupS: 15, durationS: 60, timeoutS: 30, body: '{"text":"`$x`\\n"}' });

  it('drives constant VUs without a grace, first to warm up and then to measure', () => {
    const executor = { executor: 'constant-vus', vus: 150, gracefulStop: '0s' };
    expect(constant(k6Script(spec, '/tmp/s.json'), 'options')).toMatchObject({
      scenarios: {
        warmup: { ...executor, startTime: '0ms', duration: '15000ms' },
        window: { ...executor, startTime: '15000ms', duration: '60000ms' },
      },
      summaryTrendStats: ['count', 'min', 'avg', 'max', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)'],
      discardResponseBodies: false,
      noConnectionReuse: false,
    });
  });

  it('has no warm-up where none is wanted: k6 refuses a scenario of 0 s', () => {
    const options = constant(k6Script({ ...spec, warmupS: 0 }, '/tmp/s.json'), 'options');
    expect(Object.keys((options as { scenarios: object }).scenarios)).toEqual(['window']);
  });

  it('sends what the spec says', () => {
    const script = k6Script(spec, '/tmp/s.json');
    expect(constant(script, 'URL')).toBe('http://127.0.0.1:1/v1/chat/completions');
    expect(constant(script, 'BODY')).toBe(spec.body);
    expect(constant(script, 'PARAMS')).toMatchObject({ headers: spec.headers, timeout: '30000ms' });
  });

  it('has a counter for every class of failure', () => {
    const script = k6Script(spec, '/tmp/s.json');
    for (const failure of FailureClass.options)
      expect(script).toContain(`${failure}: new Counter('failed_${failure}')`);
  });
});
