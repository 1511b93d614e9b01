import { describe, expect, it } from 'vitest';
import { compareGateways } from '../../../src/analysis/comparisons.js';
import { poolId, poolRuns } from '../../../src/analysis/pool/pool-runs.js';
import { summarise } from '../../../src/analysis/summary.js';
import { FolderName } from '../../../src/model/names.js';
import { Run } from '../../../src/model/run.js';
import { calibrationOf } from '../../support/calibrations.js';
import { repeatsOf } from '../../support/compared-runs.js';
import { partOf } from '../../support/pooled-runs.js';
import { recordOf } from '../../support/record-builder.js';

const monday = partOf(
  [
    ...repeatsOf('direct', [820, 821, 822], () => ({ p50Us: 60_000 })),
    ...repeatsOf('nginx', [800, 804, 796], () => ({ p50Us: 61_000 })),
  ],
  { id: 'monday', createdAt: '2026-05-04T10:00:00.000Z', endedAt: '2026-05-04T11:00:00.000Z' },
);
const tuesday = partOf(
  [
    ...repeatsOf('direct', [818, 819], () => ({ p50Us: 70_000 })),
    ...repeatsOf('nginx', [801, 799], () => ({ p50Us: 73_000 })),
  ],
  { id: 'tuesday', createdAt: '2026-05-05T10:00:00.000Z', endedAt: '2026-05-05T11:00:00.000Z' },
);

describe('poolRuns', () => {
  const pool = poolRuns([monday, tuesday]);
  const summaries = summarise(pool.run, pool.cells);
  const nginx = summaries.find(({ label }) => label === 'nginx')?.levels[0];

  it('numbers repeats on, and says where each cell was measured', () => {
    expect(pool.parts).toMatchObject([
      { firstBlock: 1, lastBlock: 3 },
      { firstBlock: 4, lastBlock: 5 },
    ]);
    expect(nginx?.records.map(({ cell }) => cell.repeat)).toEqual([1, 2, 3, 4, 5]);
    expect(nginx?.records.map(({ pooledFrom }) => pooledFrom)).toEqual([
      { runId: 'monday', cellId: 'nginx-v50-r1' },
      { runId: 'monday', cellId: 'nginx-v50-r2' },
      { runId: 'monday', cellId: 'nginx-v50-r3' },
      { runId: 'tuesday', cellId: 'nginx-v50-r1' },
      { runId: 'tuesday', cellId: 'nginx-v50-r2' },
    ]);
    expect(pool.cellOf('tuesday', 'nginx-v50-r2')).toMatchObject({ id: 'nginx-v50-r5', repeat: 5 });
    const ids = pool.run.cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a run like any other', () => {
    expect(Run.parse(pool.run)).toEqual(pool.run);
    expect(pool.run).toMatchObject({
      createdAt: '2026-05-04T10:00:00.000Z',
      endedAt: '2026-05-05T11:00:00.000Z',
      gateways: [{ gateway: 'direct' }, { gateway: 'nginx' }],
    });
  });

  it('takes an interval over the repeats of all runs', () => {
    expect(nginx?.intervals.rate).toMatchObject({ n: 5 });
  });

  it('keeps the overhead of a cell that of its own run', () => {
    expect(nginx?.records.map(({ overheadUs }) => overheadUs?.p50)).toEqual([1_000, 1_000, 1_000, 3_000, 3_000]);
  });

  it('keeps a cell’s outcome that of its own run, though the other run’s machine was slower', () => {
    const calibrated = (id: string, slower: number) =>
      partOf(
        repeatsOf('nginx', [800, 801, 802, 803, 804], (repeat) => {
          const calibration = calibrationOf({ integer: 1.1 * slower, branches: 6 * slower });
          return { repeat, calibration: { before: calibration, after: calibration } };
        }),
        { id, calibration: true },
      );
    const [fast, slow] = [calibrated('fast', 1), calibrated('slow', 3)];
    const { cells, parts } = poolRuns([fast, slow]);
    expect(cells.map(({ outcome }) => outcome.kind)).toEqual([...fast.cells, ...slow.cells].map((c) => c.outcome.kind));
    expect(parts[1]?.costBesideFirst).toBeGreaterThan(1.05);
  });

  it('pairs gateways within a block of one run only', () => {
    const alone = partOf(repeatsOf('envoy', [780, 781, 782]), { id: 'envoy' });
    const apart = poolRuns([partOf(repeatsOf('nginx', [800, 801, 802]), { id: 'nginx' }), alone]);
    const [level] = compareGateways(apart.run, summarise(apart.run, apart.cells));
    expect(level?.pairs).toMatchObject([{ blocks: 0, ratio: null, verdict: { kind: 'unknown' } }]);
    // Within one run the same figures are paired.
    const together = partOf([...repeatsOf('nginx', [800, 801, 802]), ...repeatsOf('envoy', [780, 781, 782])]);
    const [paired] = compareGateways(together.run, summarise(together.run, together.cells));
    expect(paired?.pairs).toMatchObject([{ blocks: 3, verdict: { kind: 'difference' } }]);
  });

  it('puts versions side by side', () => {
    const of = (id: string, version: string, rate: number) =>
      partOf(
        [
          ...repeatsOf('direct', [820, 821, 822]),
          ...repeatsOf('litellm', [rate, rate + 1, rate + 2], () => ({ version, title: 'LiteLLM' })),
        ],
        { id },
      );
    const { run, cells, split } = poolRuns([of('old', '1.82.6', 240), of('new', '1.108.7', 300)]);
    const found = summarise(run, cells);
    expect(found.map(({ label }) => label)).toEqual(['direct', 'litellm:1.82.6', 'litellm:1.108.7']);
    expect(found.map(({ levels: [level] }) => level?.intervals.rate?.n)).toEqual([6, 3, 3]);
    expect(split).toHaveLength(1);
    expect(cells.map(({ cell }) => cell.id)).toContain('litellm.1.108.7-v50-r4');
  });

  it('asks for as many looks as all runs could have had, where one went on until it knew enough', () => {
    const until: Run['until'] = { targets: [{ metric: 'rate', halfWidthShare: 0.02 }], minRepeats: 3, maxRepeats: 10 };
    const one = partOf(repeatsOf('nginx', [800, 801, 802]), { id: 'one', until });
    const other = partOf(repeatsOf('nginx', [800, 801, 802]), { id: 'other', until });
    expect(poolRuns([one, other]).run.until).toMatchObject({ minRepeats: 3, maxRepeats: 20 });
  });

  it('can run a gateway that one of the runs could', () => {
    const skipped = recordOf({ gateway: 'kong', vus: 50, outcome: { kind: 'skipped', reason: 'not there' } });
    const { run } = poolRuns([partOf([skipped], { id: 'without' }), partOf(repeatsOf('kong', [700]), { id: 'with' })]);
    expect(run.gateways).toMatchObject([{ gateway: 'kong', skip: null }]);
  });
});

describe('poolId', () => {
  it('joins the ids, and stays a folder’s name', () => {
    expect(poolId(['a', 'b'])).toBe('a_b');
    const many = Array.from({ length: 20 }, (_, at) => `2026-05-04T10-00-${at}Z-published`);
    expect(poolId(many)).toMatch(/^2026-05-04T10-00-0Z-published_and-19-more-[0-9a-f]{8}$/);
    expect(FolderName.safeParse(poolId(many)).success).toBe(true);
    expect(poolId([...many].reverse())).not.toBe(poolId(many));
  });
});
