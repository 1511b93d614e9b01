import { describe, expect, it } from 'vitest';
import { type DerivedCell, deriveRun } from '../../src/analysis/derive-run.js';
import { costRatio, MACHINE_SPEED_GATE, runSpeed } from '../../src/analysis/machine-speed.js';
import { THRESHOLDS } from '../../src/analysis/thresholds.js';
import { type Calibration, KernelName } from '../../src/model/calibration.js';
import type { CellRecord } from '../../src/model/record.js';
import { calibrationOf } from '../support/calibrations.js';
import { normal, uniform } from '../support/noise.js';
import { type CellFacts, gateOf, recordOf } from '../support/record-builder.js';

const ORDINARY = calibrationOf();

/** As slow as `factor` says, at everything or at some kinds of work. */
function slowed(factor: number, names: readonly KernelName[] = KernelName.options): Calibration {
  return calibrationOf(Object.fromEntries(names.map((name) => [name, ORDINARY.kernels[name].cpuNs.min * factor])));
}

const around = (before: Calibration, after = before) => ({ calibration: { before, after } });

/** Cells of one run, one for each facts, at VU counts from 1. */
function cells(...facts: Partial<CellFacts>[]): CellRecord[] {
  return facts.map((each, index) => recordOf({ gateway: 'nginx', vus: index + 1, ...each }));
}

const ordinary = (count: number): Partial<CellFacts>[] => new Array(count).fill(around(ORDINARY));

function gateOn(cell: DerivedCell | undefined) {
  return cell?.gates.find(({ gate }) => gate === MACHINE_SPEED_GATE);
}

describe('the gate of the machine’s speed', () => {
  it.each([
    [1.02, 'pass'],
    [0.98, 'pass'],
    [1.05, 'warn'],
    [0.94, 'warn'],
    [1.1, 'invalid'],
    [0.9, 'invalid'],
    [3, 'invalid'],
  ])('at %f times the run’s median is %s', (factor, verdict) => {
    const [slow, ...others] = deriveRun(cells(around(slowed(factor)), ...ordinary(4)));
    expect(gateOn(slow)).toMatchObject({ verdict, value: expect.closeTo(factor - 1, 6) });
    for (const other of others) expect(gateOn(other)).toMatchObject({ verdict: 'pass', value: 0 });
  });

  it('makes the cell invalid, with what was seen, and no other', () => {
    const [slow, ...others] = deriveRun(cells(around(slowed(1.5)), ...ordinary(4)));
    const reason =
      'machine speed: the same work took 50 % more CPU time than in the middle of the run (kernels +50.0 %; bounds 3 % and 8 %)';
    expect(slow?.outcome).toEqual({ kind: 'invalid', reasons: [reason] });
    for (const { outcome } of others) expect(outcome).toEqual({ kind: 'ok' });
  });

  it('adds its reason to those of the cell itself, and leaves a crash a crash', () => {
    const crash = {
      kind: 'crashed',
      exitCode: 1,
      signal: null,
      phase: 'window',
      atS: 3,
      reason: 'x',
      logTail: [],
    } as const;
    const own = { kind: 'invalid', reasons: ["Little's law: off"] } as const;
    const slow = around(slowed(1.5));
    const [invalid, crashed] = deriveRun(
      cells(
        { ...slow, outcome: { ...own, reasons: [...own.reasons] }, gates: [gateOf('invalid')] },
        { ...slow, outcome: { ...crash, logTail: [] } },
        ...ordinary(5),
      ),
    );
    expect(invalid?.outcome).toEqual({
      kind: 'invalid',
      reasons: ["Little's law: off", expect.stringMatching(/^machine speed: /)],
    });
    expect(crashed?.outcome).toEqual(crash);
  });

  it('takes before and after together: a moment’s interruption is half of it', () => {
    const [half] = deriveRun(cells(around(slowed(1.1), ORDINARY), ...ordinary(4)));
    expect(gateOn(half)).toMatchObject({ verdict: 'warn', value: expect.closeTo(Math.sqrt(1.1) - 1, 6) });
  });

  it('makes do with one of them', () => {
    const [only] = deriveRun(cells({ calibration: { before: slowed(1.1), after: null } }, ...ordinary(4)));
    expect(gateOn(only)).toMatchObject({ verdict: 'invalid', value: expect.closeTo(0.1, 6) });
  });

  it('is unknown where nothing was calibrated, and where too little was to compare with', () => {
    for (const cell of deriveRun(cells({}, {}, {})))
      expect(gateOn(cell)).toMatchObject({ verdict: 'unknown', value: null });
    for (const cell of deriveRun(cells(around(ORDINARY), around(slowed(3))))) {
      expect(gateOn(cell)).toMatchObject({ verdict: 'unknown', message: expect.stringContaining('too few') });
      expect(cell.outcome).toEqual({ kind: 'ok' });
    }
  });

  it('judges a run of which most was slow by what most of it was', () => {
    const derived = deriveRun(cells(around(ORDINARY), ...new Array(4).fill(around(slowed(2)))));
    expect(derived.map(({ outcome }) => outcome.kind)).toEqual(['invalid', 'ok', 'ok', 'ok', 'ok']);
  });

  it('is not for cells that were never measured', () => {
    const skipped: Partial<CellFacts> = { outcome: { kind: 'skipped', reason: 'not installed' } };
    expect(gateOn(deriveRun(cells(skipped, ...ordinary(4)))[0])).toBeUndefined();
  });
});

describe('on a quiet machine', () => {
  /**
   * Standard deviations of a kernel's logarithm from one calibration to the next, measured on two cores of a virtual
   * machine while nothing else ran there.
   */
  const NOISE: Record<KernelName, number> = {
    integer: 0.005,
    branches: 0.02,
    chaseL2: 0.01,
    chaseL3: 0.8,
    chaseMemory: 0.1,
    pageFault: 0.04,
    systemCall: 0.015,
    loopback: 0.025,
  };

  it('calls at most one cell in a hundred invalid that is not', () => {
    const next = normal(uniform(7));
    const noisy = () =>
      calibrationOf(
        Object.fromEntries(
          KernelName.options.map((name) => [name, ORDINARY.kernels[name].cpuNs.min * Math.exp(NOISE[name] * next())]),
        ),
      );
    const verdicts = new Array(20).fill(null).flatMap(() => {
      const run = cells(...new Array(35).fill(null).map(() => around(noisy(), noisy())));
      return deriveRun(run).map((cell) => gateOn(cell)?.verdict);
    });
    const share = (verdict: string) => verdicts.filter((each) => each === verdict).length / verdicts.length;
    expect(share('invalid')).toBeLessThanOrEqual(0.01);
    expect(share('pass')).toBeGreaterThan(0.95);
  });
});

describe('mock and engine as a calibration', () => {
  const repeats = (...harnessCpuUs: number[]) =>
    harnessCpuUs.map((cpuUs, index) => recordOf({ gateway: 'nginx', vus: 50, repeat: index + 1, harnessCpuUs: cpuUs }));

  it('compare with the other repeats of the same gateway at the same VUs', () => {
    const { speedOf } = runSpeed(repeats(100, 130, 100));
    expect(repeats(100, 130, 100).map((record) => speedOf(record).harness)).toEqual([1, expect.closeTo(1.3), 1]);
  });

  it('count for nothing with fewer than three repeats, or against other gateways and VUs', () => {
    const records = [
      ...repeats(100, 130),
      recordOf({ gateway: 'portkey', vus: 50, harnessCpuUs: 100 }),
      recordOf({ gateway: 'nginx', vus: 150, harnessCpuUs: 100 }),
    ];
    const { speedOf } = runSpeed(records);
    for (const record of records)
      expect(speedOf(record)).toEqual({ kernels: null, kernelsBefore: null, harness: null, cost: null });
  });

  it('see a neighbour that came and went between two calibrations', () => {
    const records = repeats(100, 100, 140, 100).map((record) => ({ ...record, ...around(ORDINARY) }));
    expect(deriveRun(records).map((cell) => gateOn(cell)?.verdict)).toEqual(['pass', 'pass', 'invalid', 'pass']);
  });

  it('count for nothing where the window held too little of their work: ticks of 10 ms would be differences', () => {
    const { minHarnessUs } = THRESHOLDS.machineSpeed;
    const records = repeats(76, 88, 76);
    const { measuredS } = records[0]?.window ?? { measuredS: 0 };
    const used = (us: number) =>
      records.map((record) => {
        const tree = record.resources.mock && { ...record.resources.mock, cpuPercentMean: us / 1e4 / measuredS };
        return { ...record, resources: { ...record.resources, mock: tree, engine: tree } };
      });
    const harnessOf = (cells: CellRecord[]) => cells.map((record) => runSpeed(cells).speedOf(record).harness);
    expect(harnessOf(used(0.99 * minHarnessUs))).toEqual([null, null, null]);
    expect(harnessOf(used(1.01 * minHarnessUs))).toEqual([1, expect.closeTo(88 / 76), 1]);
  });

  it('leave out what a crash measured', () => {
    const records = repeats(100, 100, 100, 900);
    const crash = {
      kind: 'crashed',
      exitCode: 1,
      signal: null,
      phase: 'window',
      atS: 3,
      reason: 'x',
      logTail: [],
    } as const;
    const crashed = records.map((record, index) =>
      index < 3 ? record : { ...record, outcome: { ...crash, logTail: [] } },
    );
    const { speedOf } = runSpeed(crashed);
    expect(crashed.map((record) => speedOf(record).harness)).toEqual([1, 1, 1, null]);
  });

  it('count by engine, and only where the engine is the same', () => {
    const [one, two, three, other] = repeats(100, 100, 100, 300);
    if (!one || !two || !three || !other) throw new Error('four records');
    const k6 = { ...other, engine: { ...other.engine, name: 'k6' as const } };
    const { speedOf } = runSpeed([one, two, three, k6]);
    expect([one, k6].map((record) => speedOf(record).harness)).toEqual([1, null]);
  });

  it('weigh as the thresholds say, beside the kernels', () => {
    const records = repeats(100, 100, 100, 150).map((record, index) => ({
      ...record,
      ...around(index === 3 ? slowed(1.1) : ORDINARY),
    }));
    const { speedOf } = runSpeed(records);
    const { kernels, harness, cost } = speedOf(records[3] ?? recordOf({ gateway: 'nginx', vus: 1 }));
    expect(kernels).toBeCloseTo(1.1, 6);
    expect(harness).toBeCloseTo(1.5, 6);
    const { harnessWeight } = THRESHOLDS.machineSpeed;
    expect(Math.log(cost ?? 0)).toBeCloseTo((1 - harnessWeight) * Math.log(1.1) + harnessWeight * Math.log(1.5), 6);
  });
});

describe('the kernels together', () => {
  it.each(KernelName.options)('move by the weight of %s where it alone is slower', (name) => {
    const { kernelWeights } = THRESHOLDS.machineSpeed;
    const all = KernelName.options.reduce((sum, each) => sum + kernelWeights[each], 0);
    expect(Math.log(costRatio(ORDINARY, slowed(2, [name])))).toBeCloseTo((kernelWeights[name] / all) * Math.log(2), 6);
  });

  it('are as much slower as all of them are', () => {
    expect(costRatio(ORDINARY, slowed(1.07))).toBeCloseTo(1.07, 6);
  });
});

describe('the moments of a run', () => {
  it('are in the order of time, whichever the cells are in', () => {
    const at = (minute: number) => ({ ...ORDINARY, takenAt: `2026-04-01T10:0${minute}:00.000Z` });
    const { moments } = runSpeed(cells(around(at(4), at(5)), around(at(0), at(1)), around(at(2), at(3))));
    expect(moments.map(({ takenAt }) => takenAt.slice(15, 16))).toEqual([...'012345']);
    expect(moments.every(({ cost }) => cost === 1)).toBe(true);
  });
});
