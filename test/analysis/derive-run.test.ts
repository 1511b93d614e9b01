import { describe, expect, it } from 'vitest';
import { type DerivedCell, DIRECT_GATE, deriveCell, deriveRun } from '../../src/analysis/derive-run.js';
import type { CellRecord, Outcome } from '../../src/model/record.js';
import { recordOf } from '../support/record-builder.js';

const CRASHED: Outcome = {
  kind: 'crashed',
  exitCode: 1,
  signal: null,
  phase: 'window',
  atS: 3,
  reason: 'ended',
  logTail: [],
};

function derived(records: CellRecord[], id: string): DerivedCell {
  const found = deriveRun(records).find(({ cell }) => cell.id === id);
  if (found === undefined) throw new Error(`no record ${id}`);
  return found;
}

function directGateOf(records: CellRecord[], id: string) {
  return derived(records, id).gates.find(({ gate }) => gate === DIRECT_GATE);
}

describe('overhead', () => {
  const direct = recordOf({ gateway: 'direct', vus: 150, p50Us: 60_500, p99Us: 62_000 });

  it('is the difference to the direct cell, not to the mock', () => {
    const ferro = recordOf({ gateway: 'ferro', vus: 150, p50Us: 61_300, p99Us: 64_100 });
    expect(derived([ferro, direct], 'ferro-v150-r1').overheadUs).toEqual({ p50: 800, p99: 2_100 });
  });

  it('is absent for a profiled cell, whose direct cell was not profiled', () => {
    const profiled = recordOf({ gateway: 'ferro', vus: 150, profiler: 'perf' });
    expect(derived([profiled, direct], profiled.cell.id).overheadUs).toBeNull();
  });

  it('is absent against a direct cell of another scenario', () => {
    const ferro = recordOf({ gateway: 'ferro', vus: 150 });
    const other = { ...direct, cell: { ...direct.cell, scenario: 'long-prompts' } };
    expect(derived([ferro, other], ferro.cell.id).overheadUs).toBeNull();
  });

  it('is below 0 where it is', () => {
    const fast = recordOf({ gateway: 'fast', vus: 150, p50Us: 60_400, p99Us: 61_000 });
    expect(derived([fast, direct], 'fast-v150-r1').overheadUs).toEqual({ p50: -100, p99: -1_000 });
  });

  it('takes the direct cell of the same VUs, repeat and form of answer only', () => {
    const others = [
      recordOf({ gateway: 'ferro', vus: 50 }),
      recordOf({ gateway: 'ferro', vus: 150, repeat: 2 }),
      recordOf({ gateway: 'ferro', vus: 150, stream: true }),
    ];
    for (const other of others) {
      expect(derived([other, direct], other.cell.id).overheadUs).toBeNull();
    }
  });

  it('is absent for direct itself, for a crash, for a skipped cell and against a crashed direct cell', () => {
    const crashed = recordOf({ gateway: 'ferro', vus: 150, outcome: CRASHED });
    const skipped = recordOf({ gateway: 'kong', vus: 150, outcome: { kind: 'skipped', reason: 'not installed' } });
    const records = [direct, crashed, skipped];
    for (const { cell } of records) expect(derived(records, cell.id).overheadUs).toBeNull();
    const ferro = recordOf({ gateway: 'ferro', vus: 150 });
    const crashedDirect = recordOf({ gateway: 'direct', vus: 150, outcome: CRASHED });
    expect(derived([ferro, crashedDirect], 'ferro-v150-r1').overheadUs).toBeNull();
  });

  it('is given for a cell that is not to be trusted, which its row says anyway', () => {
    const invalid = recordOf({
      gateway: 'a',
      vus: 150,
      p50Us: 61_500,
      outcome: { kind: 'invalid', reasons: ['late'] },
    });
    expect(derived([direct, invalid], invalid.cell.id).overheadUs?.p50).toBe(1_000);
  });

  it('rests on a trusted direct cell where the cell itself is trusted', () => {
    const late = recordOf({ gateway: 'direct', vus: 150, outcome: { kind: 'invalid', reasons: ['late'] } });
    const ferro = recordOf({ gateway: 'ferro', vus: 150 });
    const invalid = recordOf({ gateway: 'a', vus: 150, outcome: { kind: 'invalid', reasons: ['late'] } });
    expect(derived([late, ferro], ferro.cell.id).overheadUs).toBeNull();
    expect(derived([late, invalid], invalid.cell.id).overheadUs).not.toBeNull();
  });

  it('leaves the records as they are, and keeps their order', () => {
    const records = [direct, recordOf({ gateway: 'ferro', vus: 150 })];
    const before = structuredClone(records);
    const cells = deriveRun(records);
    expect(records).toEqual(before);
    expect(cells.map(({ cell }) => cell.id)).toEqual(records.map(({ cell }) => cell.id));
    expect(deriveCell(records[1] ?? direct, records)).toEqual(cells[1]);
  });
});

describe('direct gate', () => {
  const single = recordOf({ gateway: 'direct', vus: 1, p50Us: 60_200, p99Us: 61_000 });
  const ferro = recordOf({ gateway: 'ferro', vus: 500 });

  it('passes up to twice the single-VU p99 and warns above', () => {
    const atMost = recordOf({ gateway: 'direct', vus: 500, p50Us: 60_500, p99Us: 122_000 });
    const above = recordOf({ gateway: 'direct', vus: 500, p50Us: 60_500, p99Us: 122_001 });
    expect(directGateOf([single, atMost, ferro], ferro.cell.id)?.verdict).toBe('pass');
    expect(directGateOf([single, above, ferro], ferro.cell.id)?.verdict).toBe('warn');
  });

  it('is unknown without a single-VU cell, or without a direct cell at these VUs', () => {
    const loaded = recordOf({ gateway: 'direct', vus: 500 });
    expect(directGateOf([loaded, ferro], ferro.cell.id)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('1 VU'),
    });
    expect(directGateOf([single, ferro], ferro.cell.id)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('500 VUs'),
    });
  });

  it('compares direct cells of the same repeat, or else of the first that can be trusted', () => {
    const loaded = (repeat: number, p99Us: number, facts: Partial<Parameters<typeof recordOf>[0]> = {}) =>
      recordOf({ gateway: 'direct', vus: 500, repeat, p99Us, ...facts });
    const second = recordOf({ gateway: 'ferro', vus: 500, repeat: 2 });
    const valueIn = (...records: CellRecord[]) => directGateOf([single, ...records, second], second.cell.id)?.value;
    expect(valueIn(loaded(1, 61_000), loaded(2, 122_000))).toBe(2);
    expect(valueIn(loaded(3, 122_000), loaded(1, 61_000))).toBe(2);
    expect(valueIn(loaded(2, 122_000, { outcome: CRASHED }), loaded(3, 61_000))).toBe(1);
    expect(valueIn({ ...loaded(2, 122_000), latencyUs: null }, loaded(3, 61_000))).toBe(1);
  });

  it('is not asked of a cell that was not measured', () => {
    const skipped = recordOf({ gateway: 'kong', vus: 500, outcome: { kind: 'skipped', reason: 'not installed' } });
    expect(derived([single, skipped], skipped.cell.id).gates).toEqual([]);
  });
});
