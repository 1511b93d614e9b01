import { describe, expect, it } from 'vitest';
import { comparability } from '../../../src/analysis/run-comparison/comparability.js';
import type { Calibration } from '../../../src/model/calibration.js';
import type { CellRecord } from '../../../src/model/record.js';
import { Run } from '../../../src/model/run.js';
import { calibrationOf } from '../../support/calibrations.js';
import { repeatsOf } from '../../support/compared-runs.js';
import { runOf } from '../../support/record-builder.js';

/** A run that was changed here and there. */
function readOf(change: (run: Run) => unknown = () => {}, records: CellRecord[] = repeatsOf('a', [1000, 1000, 1000])) {
  const run = structuredClone(runOf(records));
  change(run);
  return { run: Run.parse(run), records };
}

describe('comparability', () => {
  it('has nothing against two runs of one machine, whatever their VUs, repeats, titles and gateways', () => {
    const head = readOf(
      (run) => {
        run.id = 'another';
        run.scenario.load.vus = [1, 2];
        run.scenario.load.repeats = 9;
        run.scenario.title = 'Another title';
        run.seed = 99;
      },
      repeatsOf('b', [1000]),
    );
    expect(comparability(readOf(), head)).toMatchObject({ refusals: [], machine: [] });
  });

  it.each<[string, (run: Run) => unknown, RegExp]>([
    [
      'scenario',
      (run) => {
        run.scenario.name = 'quick';
      },
      /^scenario: name was published, is quick$/,
    ],
    [
      'window',
      (run) => {
        run.scenario.load.durationS = 8;
      },
      /durationS was 60, is 8/,
    ],
    [
      'upstream',
      (run) => {
        run.scenario.upstream.latency = '0ms';
      },
      /mock: latency was 60ms, is 0ms/,
    ],
    [
      'stream',
      (run) => {
        run.scenario.request.stream = true;
      },
      /request: stream/,
    ],
    [
      'messages',
      (run) => {
        run.scenario.request.messages = [{ role: 'user', content: 'Hi' }];
      },
      /request: messages/,
    ],
    [
      'engine',
      (run) => {
        run.engine.name = 'k6';
      },
      /engine: name was autocannon, is k6/,
    ],
    [
      'engine version',
      (run) => {
        run.engine.version = '9.0.0';
      },
      /engine: version/,
    ],
    [
      'gatebench',
      (run) => {
        run.harness.version = '0.2.0';
      },
      /gatebench: version/,
    ],
    [
      'Node',
      (run) => {
        run.harness.node = 'v24.0.0';
      },
      /gatebench: Node was v22.0.0, is v24.0.0/,
    ],
    [
      'mock host',
      (run) => {
        run.upstreamHost = 'me@mock';
      },
      /mock: host was this machine, is me@mock/,
    ],
  ])('refuses another %s', (_, change, message) => {
    const { refusals } = comparability(readOf(), readOf(change));
    expect(refusals).toEqual([expect.stringMatching(message)]);
  });

  it.each<[string, (run: Run) => unknown, RegExp]>([
    [
      'name',
      (run) => {
        run.machine.hostname = 'other';
      },
      /host name was bench, is other/,
    ],
    [
      'CPU',
      (run) => {
        run.machine.cpuModel = 'Other CPU';
      },
      /cpuModel was Example CPU/,
    ],
    [
      'cores',
      (run) => {
        run.machine.cores = 2;
      },
      /cores was 8, is 2/,
    ],
    [
      'memory',
      (run) => {
        run.machine.memoryBytes *= 2;
      },
      /memoryBytes/,
    ],
    [
      'kernel',
      (run) => {
        run.machine.kernel = '6.2.0';
      },
      /kernel/,
    ],
    [
      'quota',
      (run) => {
        run.machine.cgroupCpuMax = '200000 100000';
      },
      /cgroupCpuMax/,
    ],
    [
      'placement',
      (run) => {
        run.placement = { kind: 'pinned', load: '0-1', gateway: '2-7', chosenBy: 'user' };
      },
      /placement: cpus was not pinned/,
    ],
  ])('refuses another machine by its %s, unless only ratios are compared', (_, change, message) => {
    const { refusals, machine } = comparability(readOf(), readOf(change));
    expect(refusals).toEqual([]);
    expect(machine).toEqual([expect.stringMatching(message)]);
  });

  it('forgives memory that the kernel keeps for itself', () => {
    const head = readOf((run) => {
      run.machine.memoryBytes += 2 ** 20;
    });
    expect(comparability(readOf(), head).machine).toEqual([]);
  });

  const calibrated = (...calibrations: Calibration[]) =>
    readOf(
      () => {},
      repeatsOf(
        'a',
        calibrations.map(() => 1000),
        (repeat) => ({
          calibration: { before: calibrations[repeat - 1] ?? null, after: null },
        }),
      ),
    );
  const slower = (factor: number) =>
    calibrationOf({
      branches: 6 * factor,
      chaseL2: 4 * factor,
      pageFault: 700 * factor,
      systemCall: 150 * factor,
      loopback: 18_000 * factor,
    });

  it('refuses a machine that was slower, notes a little, and says where nobody knows', () => {
    const base = calibrated(calibrationOf(), calibrationOf(), slower(3));
    expect(comparability(base, calibrated(slower(1.3), slower(1.3), slower(1.3))).machine).toEqual([
      expect.stringMatching(/^calibration: the same work took .* more CPU time than in the first run/),
    ]);
    const little = comparability(base, calibrated(slower(1.06)));
    expect(little.machine).toEqual([]);
    expect(little.notes).toEqual([expect.stringMatching(/the same work took .* more/)]);
    // One odd calibration doesn't count.
    expect(comparability(base, calibrated(calibrationOf(), slower(2), calibrationOf())).notes).toEqual([]);
    expect(comparability(base, readOf()).notes).toEqual([expect.stringMatching(/not measured in both runs/)]);
  });

  it('says that gatebench itself was another', () => {
    const { notes } = comparability(
      readOf(),
      readOf((run) => {
        run.harness.commit = 'fedcba9876';
        run.harness.dirty = true;
      }),
    );
    expect(notes.slice(0, 2)).toEqual([
      'gatebench: commit was abcdef0123, is fedcba9876: engine and mock may differ.',
      'gatebench had uncommitted changes.',
    ]);
  });
});
