import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { readTopology } from '../../src/gateway/placement.js';
import { ExpectedError, InterruptedError } from '../../src/lib/errors.js';
import { commandLineOf, isListening, listenersOf } from '../../src/lib/listeners.js';
import { readProcessTable } from '../../src/lib/process-table.js';
import { k6Engine } from '../../src/load/k6/engine.js';
import { wrkEngine } from '../../src/load/wrk/engine.js';
import { CellRecord, type Stage } from '../../src/model/record.js';
import type { Calibrator } from '../../src/sampling/calibrator.js';
import { calibrationOf } from '../support/calibrations.js';
import {
  directGateway,
  fakeGateway,
  GATEWAY_PORT,
  killInWindow,
  MOCK_PORT,
  receipt,
  runOneCell,
} from '../support/cell-runner.js';
import { startHog, stopHogs } from '../support/cpu-hog.js';
import { fakeService, SERVICE_PORT, withService } from '../support/fake-service.js';
import { aScenario } from '../support/scenario.js';

/** Whatever happened: no process of ours left, no port held. */
function leftovers(): string[] {
  const programs = readProcessTable()
    // Ours alone: other tests may run their own beside us. What is orphaned still holds its port.
    .filter((row) => row.state !== 'Z' && row.parentPid === process.pid)
    .map((row) => commandLineOf(row.pid) ?? '')
    .filter((line) =>
      /fake-gateway\.mjs|fake-service\.mjs|mock-upstream\/main\.js|load\/.*worker\.js|\/k6 run |\/wrk --threads/.test(
        line,
      ),
    );
  return [...programs, ...[GATEWAY_PORT, MOCK_PORT].filter(isListening).map((port) => `port ${port}`)];
}

afterEach(() => expect(leftovers()).toEqual([]));

describe('runCell', () => {
  it('measures a gateway and accounts for every request', async () => {
    const stages: Stage[] = [];
    const record = await runOneCell(fakeGateway('ok'), aScenario({ durationS: 2.5, idleS: 1 }), {
      onEvent: (event) => event.type === 'stage' && stages.push(event.stage),
    });
    expect(CellRecord.parse(record)).toEqual(record);
    expect(record.outcome.kind).not.toBe('failed');
    expect(stages).toEqual(['preflight', 'mock', 'start', 'ready', 'verify', 'idle', 'load', 'stop']);
    const { requests, ratePerSec, window, latencyUs, resources } = record;
    expect(requests?.ok).toBeGreaterThan(20);
    expect(requests?.sent).toBe((requests?.ok ?? 0) + (requests?.inFlightAtEnd ?? 0));
    expect(ratePerSec).toBeCloseTo((requests?.ok ?? 0) / (window?.measuredS ?? 1), 6);
    expect(latencyUs?.p50).toBeGreaterThan(5_000);
    for (const tree of ['gateway', 'mock', 'engine'] as const) {
      expect(resources[tree]?.rssBytesMax, tree).toBeGreaterThan(10e6);
      expect(resources[tree]?.cpuUsPerRequest, tree).toBeGreaterThan(0);
    }
    expect(resources.gateway?.rssBytesIdle).toBeGreaterThan(10e6);
    expect(record.mock?.latenessUs?.p99).toBeGreaterThan(0);
    expect(record.gateway.configSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps the gateway, and no more than it, to CPUs of its own', async () => {
    const cpus = String(readTopology()?.allowed.at(-1));
    const seen: Record<string, unknown> = {};
    const allowed = (port: number) =>
      listenersOf(port).map(
        (pid) => /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
      );
    const record = await runOneCell(fakeGateway('ok'), aScenario(), {
      deps: { gatewayCpus: cpus },
      onEvent: (event) => {
        if (event.type !== 'stage' || event.stage !== 'idle') return;
        seen.gateway = allowed(GATEWAY_PORT);
        seen.mock = allowed(MOCK_PORT).every((list) => list !== cpus);
      },
    });
    expect(record.requests?.ok).toBeGreaterThan(5);
    expect(seen).toEqual({ gateway: [cpus], mock: (readTopology()?.allowed.length ?? 1) > 1 });
  });

  it('measures the machine’s speed on the gateway’s CPUs while nothing runs there', async () => {
    const asked: unknown[] = [];
    const calibrator: Calibrator = {
      calibrate: async (cpus) => {
        asked.push({ cpus, leftovers: leftovers() });
        return calibrationOf({ integer: asked.length });
      },
    };
    const cpus = String(readTopology()?.allowed.at(-1));
    const record = await runOneCell(fakeGateway('ok'), aScenario(), { deps: { calibrator, gatewayCpus: cpus } });
    expect(CellRecord.parse(record)).toEqual(record);
    expect(asked).toEqual(new Array(2).fill({ cpus, leftovers: [] }));
    expect(record.calibration?.before?.kernels.integer.cpuNs.min).toBe(1);
    expect(record.calibration?.after?.kernels.integer.cpuNs.min).toBe(2);
  });

  it('measures a gateway even if the machine’s speed can’t be measured, and says so', async () => {
    const calibrator: Calibrator = { calibrate: () => Promise.reject(new ExpectedError('no speed: no CPU', 'hint')) };
    const notes: string[] = [];
    const record = await runOneCell(directGateway, aScenario(), {
      deps: { calibrator },
      onEvent: (event) => event.type === 'note' && notes.push(event.message),
    });
    expect(record.requests?.ok).toBeGreaterThan(50);
    expect(record.calibration).toEqual({ before: null, after: null });
    expect(notes).toEqual(['no speed: no CPU', 'no speed: no CPU']);
  });

  it('measures streams', async () => {
    const record = await runOneCell(fakeGateway('ok'), aScenario({}, true));
    expect(record.requests?.ok).toBeGreaterThan(5);
    expect(record.requests?.failed).toEqual({});
  });

  it('measures the upstream itself where there is no gateway', async () => {
    const record = await runOneCell(directGateway, aScenario());
    expect(record.requests?.ok).toBeGreaterThan(10);
    expect(record.resources.gateway).toBeNull();
    expect(record.resources.services).toBeNull();
    expect(record.gateway).toMatchObject({ kind: 'direct', version: null });
  });

  it('names other programs that took CPU time from the run', async () => {
    // The bound is a share of all cores.
    const hogs = Array.from({ length: Math.max(2, Math.ceil(cpus().length / 4)) }, () => startHog());
    try {
      const record = await runOneCell(directGateway, aScenario({ durationS: 3.5 }));
      const gate = record.gates.find((each) => each.gate === 'other programs');
      expect(gate?.verdict).toBe('invalid');
      expect(record.outcome).toMatchObject({
        kind: 'invalid',
        reasons: expect.arrayContaining([`other programs: ${gate?.message}`]),
      });
      // Other tests may be busier than one of them.
      const named = record.resources.host?.busiestOthers.map(({ pid }) => pid) ?? [];
      expect(hogs.filter((pid) => named.includes(pid)).length).toBeGreaterThan(0);
      for (const pid of named) expect(gate?.message).toContain(`(PID ${pid})`);
    } finally {
      stopHogs();
    }
  });

  it('counts a master and its workers as one tree', async () => {
    const record = await runOneCell(fakeGateway('workers', { tree: 'master-workers' }), aScenario({ durationS: 2.5 }));
    expect(record.requests?.ok).toBeGreaterThan(10);
    expect(record.resources.gateway?.processesMax).toBe(3);
    expect(record.resources.gateway?.rssBytesMax).toBeGreaterThan(record.resources.gateway?.pssBytesMax ?? 1e12);
  });

  it('counts and ends a server that has left the tree and the session of its gateway', async () => {
    const record = await runOneCell(fakeGateway('daemon'), aScenario({ durationS: 2.5 }));
    expect(record.requests?.ok).toBeGreaterThan(50);
    expect(record.resources.gateway?.processesMax).toBe(2);
    expect(record.resources.gateway?.cpuUsPerRequest).toBeGreaterThan(0);
    expect(record.gates).toContainEqual(expect.objectContaining({ gate: 'stop', verdict: 'warn' }));
  });

  it('counts a service beside its gateway, and ends it with it', async () => {
    const gateway = fakeGateway('ok', {}, { services: { store: fakeService('ok') } });
    const installed = { receipt: withService(receipt), installDir: '/' };
    const record = await runOneCell(gateway, aScenario({ durationS: 2.5 }), { installed });
    expect(CellRecord.parse(record)).toEqual(record);
    expect(record.requests?.ok).toBeGreaterThan(20);
    expect(record.resources.gateway?.processesMax).toBe(1);
    expect(record.resources.services).toMatchObject({ processesMax: 1, rssBytesMax: expect.any(Number) });
    expect(record.gateway.services).toEqual([
      { name: 'store', title: 'Store', version: process.versions.node, installedBy: 'existing', pinnedBy: 'nothing' },
    ]);
    expect(isListening(SERVICE_PORT)).toBe(false);
  });

  it.each([
    ['exits at once', 'exit', {}, 'ready', /exit code 3/],
    ['never listens', 'deaf', { health: { path: '/health', timeoutS: 3 } }, 'ready', /not healthy within 3 s: nothing/],
    ['never gets healthy', 'unhealthy', { health: { path: '/health', timeoutS: 3 } }, 'ready', /status 503/],
    [
      'has workers that keep dying',
      'dying-workers',
      {},
      'ready',
      /workers keep dying.*: cannot open.*Permission denied/,
    ],
    [
      'answers rubbish',
      'rubbish',
      {},
      'verify',
      /not the chat completion that the upstream sent: status 200, it is not JSON: <html>/,
    ],
    ['answers 500', 'error500', {}, 'verify', /status 500/],
  ])('fails a gateway that %s, with its log', async (_, mode, process_, stage, error) => {
    const record = await runOneCell(fakeGateway(mode, process_), aScenario());
    expect(record.outcome).toMatchObject({ kind: 'failed', stage, error: expect.stringMatching(error) });
    expect(record.outcome).toHaveProperty('logTail', expect.arrayContaining([`fake gateway, mode ${mode}`]));
    expect(record.requests).toBeNull();
  });

  it('names the key that an answer lacks, and how to allow that', async () => {
    const record = await runOneCell(fakeGateway('no-object'), aScenario());
    expect(record.outcome).toMatchObject({
      kind: 'failed',
      stage: 'verify',
      error: expect.stringContaining('status 200, it has no "object": {'),
      hint: expect.stringContaining('response: { object: optional }'),
    });
  });

  it('measures a gateway that leaves "object" out where its manifest says so, and records that', async () => {
    const gateway = fakeGateway('no-object', {}, { response: { object: 'optional' } });
    const record = await runOneCell(gateway, aScenario());
    expect(record.requests?.ok).toBeGreaterThan(20);
    expect(record.requests?.failed).toEqual({});
    expect(CellRecord.parse(record).gateway.response).toMatchObject({ object: 'optional' });
  });

  it('asks a gateway again that has to find its models first, for as long as its manifest says', async () => {
    const found = fakeGateway('discovers-2000', {}, { response: { retryForS: 20 } });
    const record = await runOneCell(found, aScenario());
    expect(record.requests?.ok).toBeGreaterThan(20);
    const never = fakeGateway('discovers-600000', {}, { response: { retryForS: 1 } });
    expect((await runOneCell(never, aScenario())).outcome).toMatchObject({
      kind: 'failed',
      stage: 'verify',
      error: expect.stringMatching(/status 404, .*no such model.*; asked \d+ times in [\d.]+ s/),
    });
  });

  it('lists the models that a manifest names to a gateway that passes on no others', async () => {
    const gateway = (models: Record<string, unknown>) => fakeGateway('listed-models', {}, models);
    const record = await runOneCell(gateway({ upstream: { models: ['gpt-4o-mini', 'gpt-4o'] } }), aScenario());
    expect(record.requests?.ok).toBeGreaterThan(20);
    expect((await runOneCell(gateway({}), aScenario())).outcome).toMatchObject({
      kind: 'failed',
      stage: 'verify',
      error: expect.stringContaining('only mock-gpt-4'),
    });
  });

  it('fails a gateway that hangs, after the time-out', async () => {
    const record = await runOneCell(fakeGateway('hang'), aScenario({ timeoutS: 1 }));
    expect(record.outcome).toMatchObject({ kind: 'failed', stage: 'verify', error: expect.stringContaining('1 s') });
  });

  it('calls a gateway that is killed in the window crashed, at once, with the evidence', async () => {
    const record = await runOneCell(fakeGateway('ok'), aScenario({ durationS: 60 }), {
      onEvent: killInWindow(GATEWAY_PORT),
    });
    expect(record.outcome).toMatchObject({ kind: 'crashed', signal: 'SIGKILL', exitCode: null, phase: 'window' });
    expect(record.outcome).toHaveProperty('logTail', ['fake gateway, mode ok']);
    expect(record.window?.measuredS).toBeLessThan(30);
    const { requests } = record;
    const failed = Object.values(requests?.failed ?? {}).reduce((sum, count) => sum + count, 0);
    expect(requests?.sent).toBe((requests?.ok ?? 0) + failed + (requests?.inFlightAtEnd ?? 0));
    // Refused connections back off: a dead gateway is one fact, not millions.
    expect(requests?.failed.refused ?? 0).toBeLessThan(200);
  });

  it('calls a gateway that ends by itself crashed, with exit code and last words', async () => {
    const record = await runOneCell(fakeGateway('crash-at-request-500'), aScenario({ durationS: 60 }));
    expect(record.outcome).toMatchObject({ kind: 'crashed', exitCode: 2, signal: null });
    expect(record.outcome).toHaveProperty('logTail', expect.arrayContaining(['fatal error: concurrent map writes']));
  });

  it('never charges a gateway with the death of the mock', async () => {
    const record = await runOneCell(fakeGateway('ok'), aScenario({ durationS: 20 }), {
      onEvent: killInWindow(MOCK_PORT),
    });
    expect(record.outcome).toMatchObject({
      kind: 'failed',
      stage: 'load',
      error: expect.stringContaining('mock upstream'),
    });
  });

  it('kills a gateway that does not stop, and says so', async () => {
    const record = await runOneCell(fakeGateway('stubborn'), aScenario());
    expect(record.gates).toContainEqual(expect.objectContaining({ gate: 'stop', verdict: 'warn' }));
  });

  it('names the process that holds a port', async () => {
    const other = createServer().listen(GATEWAY_PORT, '127.0.0.1');
    await once(other, 'listening');
    try {
      const record = await runOneCell(fakeGateway('ok'), aScenario());
      expect(record.outcome).toMatchObject({
        kind: 'failed',
        stage: 'preflight',
        error: expect.stringContaining(`PID ${process.pid}`),
      });
    } finally {
      other.close();
      await once(other, 'close');
    }
  });

  it.each(['preflight', 'mock', 'start', 'ready', 'verify', 'idle', 'load', 'stop'] as const)(
    'leaves nothing behind when it is interrupted at %s',
    async (stage) => {
      const controller = new AbortController();
      const reason = new InterruptedError('SIGTERM');
      const run = runOneCell(fakeGateway('ok'), aScenario({ durationS: 1 }), {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'stage' && event.stage === stage) setTimeout(() => controller.abort(reason), 20);
        },
      });
      // At the last stage everything is measured already, so the record may be whole.
      if (stage === 'stop') await run.catch((error) => expect(error).toBe(reason));
      else await expect(run).rejects.toBe(reason);
    },
  );
});

const TOOLS = [
  { engine: k6Engine(), countsEveryRequest: true },
  { engine: wrkEngine(), countsEveryRequest: false },
];
for (const { engine, countsEveryRequest } of TOOLS) {
  const missing = await engine.unavailable();
  if (missing)
    process.stderr.write(`\nSKIPPED on this machine: cells by ${engine.name}: ${missing.reason} (${missing.hint})\n`);

  describe.skipIf(missing !== null)(`runCell with ${engine.name}`, () => {
    it('measures a gateway, and says what could not be counted', async () => {
      const record = await runOneCell(fakeGateway('ok'), aScenario({ warmupS: 1, durationS: 2 }), { deps: { engine } });
      expect(CellRecord.parse(record)).toEqual(record);
      expect(['ok', 'invalid']).toContain(record.outcome.kind);
      expect(record.engine).toMatchObject({ name: engine.name, version: engine.version });
      if (countsEveryRequest) {
        const { sent, ok, failed, inFlightAtEnd } = record.requests ?? {};
        expect(sent).toBe((ok ?? 0) + (inFlightAtEnd ?? 0));
        expect(failed).toEqual({});
        expect(record.absent).not.toHaveProperty('requests.sent');
      } else {
        expect(record.requests).toMatchObject({ sent: null, inFlightAtEnd: null });
        expect(record.absent).toMatchObject({ 'requests.sent': expect.any(String) });
      }
      expect(record.absent).toMatchObject({ seconds: expect.any(String) });
      expect(record.requests?.ok).toBeGreaterThan(10);
      expect(record.latencyUs?.p50).toBeGreaterThan(5_000);
      expect(record.resources.engine?.cpuUsPerRequest).toBeGreaterThan(0);
      expect(record.window?.measuredS).toBeGreaterThanOrEqual(2);
    });

    it('keeps what was measured of a gateway that is killed in the window', async () => {
      const record = await runOneCell(fakeGateway('ok'), aScenario({ warmupS: 0, durationS: 60 }), {
        deps: { engine },
        onEvent: killInWindow(GATEWAY_PORT),
      });
      expect(record.outcome).toMatchObject({ kind: 'crashed', signal: 'SIGKILL', phase: 'window' });
      expect(record.window?.measuredS).toBeLessThan(30);
      expect(record.requests?.ok).toBeGreaterThan(5);
    });
  });
}
