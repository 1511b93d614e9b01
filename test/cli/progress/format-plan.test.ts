import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../../src/app/bench/resolve-run.js';
import { planText } from '../../../src/cli/progress/format-plan.js';
import type { PlannedGateway } from '../../../src/model/run.js';
import { expandCells } from '../../../src/plan/expand.js';
import { MockProcessDriver } from '../../../src/upstream/local-mock.js';
import { aScenario } from '../../support/scenario.js';

const direct: PlannedGateway = {
  gateway: 'direct',
  variant: 'default',
  title: 'Direct (no gateway)',
  skip: null,
  version: null,
};
const portkey: PlannedGateway = {
  gateway: 'portkey',
  variant: 'default',
  title: 'Portkey',
  skip: null,
  version: '1.15.2',
};
const kong: PlannedGateway = {
  gateway: 'kong',
  variant: 'ai-proxy',
  title: 'Kong',
  skip: { reason: 'kong 3.9.1 is not installed', hint: 'gatebench setup kong' },
  version: null,
};

const unavailable = () => Promise.resolve(null);

function plan(over: Partial<RunPlan> = {}): RunPlan {
  const gateways = over.gateways ?? [direct, portkey, kong];
  const scenario =
    over.scenario ??
    aScenario({ vus: [50, 150], warmupS: 15, durationS: 60, idleS: 2, recoveryS: 5, cooldownS: 5, repeats: 1 });
  return {
    scenario,
    placement: { kind: 'off', reason: 'off by --pin off' },
    loadPriority: { kind: 'normal', reason: 'switched off' },
    runtime: 'process',
    calibration: false,
    until: null,
    aa: null,
    attached: null,
    seed: 7,
    gateways,
    cells: expandCells(scenario, gateways, 7),
    flame: null,
    engine: {
      name: 'native',
      version: '0.1.0',
      unavailable,
      start: () => Promise.reject(new Error('a plan starts nothing')),
    },
    engineUnavailable: null,
    remoteLoad: null,
    upstream: new MockProcessDriver(),
    upstreamHost: null,
    profilers: new Map(),
    replayed: [],
    installed: new Map(),
    ...over,
  };
}

describe('the text of a plan', () => {
  it('says what runs, what does not and why, and how long it takes', () => {
    expect(planText(plan())).toBe(
      [
        'Test: 50, 150 VUs, 15 s warm-up, 1 min window',
        'engine native 0.1.0, upstream 5ms, seed 7',
        'CPUs not pinned: off by --pin off',
        '',
        '  direct         Direct (no gateway)',
        '  portkey        Portkey 1.15.2',
        '  kong:ai-proxy  skipped: kong 3.9.1 is not installed (gatebench setup kong)',
        '',
        '4 cells of 1 min 34 s each: about 6 min 16 s',
      ].join('\n'),
    );
  });

  it('names repeats, streams, notes, and CPUs set apart', () => {
    const scenario = aScenario({ repeats: 3 }, true);
    const gateways = [{ ...portkey, note: 'fallback for portkey 1.0.0' }];
    const placement = { kind: 'pinned', load: '0-1', gateway: '2-7', chosenBy: 'auto' } as const;
    const text = planText(plan({ scenario, gateways, placement }));
    expect(text).toContain('5 VUs, 0.3 s warm-up, 1 s window, 3 repeats, streaming\n');
    expect(text).toContain('load engine and mock on CPUs 0-1, gateway on CPUs 2-7\n');
    expect(text).toContain('  portkey  Portkey 1.15.2 (fallback for portkey 1.0.0)\n');
  });

  it('says so if the mock goes before the gateway', () => {
    expect(planText(plan({ loadPriority: { kind: 'realtime', chosenBy: 'auto' } }))).toContain(
      'CPUs not pinned: off by --pin off\nmock upstream with real-time priority\n',
    );
  });

  it('names other machines, and why an engine can’t run there', () => {
    const remoteLoad = { hosts: ['me@192.0.2.11', 'me@192.0.2.12'], gatewayAddress: '192.0.2.10', program: 'k6' };
    const engineUnavailable = { reason: 'me@192.0.2.11 has no k6', hint: 'add --k6-send' };
    const text = planText(plan({ remoteLoad, upstreamHost: 'me@192.0.2.13', engineUnavailable }));
    expect(text).toContain('load from me@192.0.2.11, me@192.0.2.12; mock upstream on me@192.0.2.13\n');
    expect(text).toContain("engine native can't run there: me@192.0.2.11 has no k6 (add --k6-send)\n");
    expect(planText(plan({ engineUnavailable }))).toContain("engine native can't run here: ");
    expect(planText(plan({ upstreamHost: 'me@192.0.2.13' }))).toContain('\nmock upstream on me@192.0.2.13\n');
  });

  it('names profilers that can’t run', () => {
    const unavailable = [{ gateway: 'portkey', profiler: 'perf' as const, reason: 'no perf', hint: 'install it' }];
    expect(planText(plan({ flame: { rateHz: 99, unavailable } }))).toContain(
      'not profiled:\n  portkey by perf: no perf (install it)\n\n',
    );
    expect(planText(plan({ flame: { rateHz: 99, unavailable: [] } }))).not.toContain('not profiled');
  });
});
