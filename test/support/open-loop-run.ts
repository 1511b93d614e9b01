import type { StageOfLoad } from '../../src/model/load.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { type CellFacts, gateOf, latencyOf, recordOf, runOf } from './record-builder.js';

type Scenario = Run['scenario'];

export type ScenarioParts = { [part in 'load' | 'upstream' | 'request']?: Partial<Scenario[part]> };

/** A run of a scenario that differs from the published one by so much. */
export function runLike(
  records: readonly CellRecord[],
  { load = {}, upstream = {}, request = {} }: ScenarioParts,
  facts: Partial<Run> = {},
): Run {
  // A run of a closed loop is made an open one together with its cells.
  const run = runOf(records.map(closed), facts);
  const { scenario } = run;
  return {
    ...run,
    cells: records.map(({ cell }) => cell),
    scenario: {
      ...scenario,
      load: { ...scenario.load, ...load },
      upstream: { ...scenario.upstream, ...upstream },
      request: { ...scenario.request, ...request },
    },
  };
}

function closed(record: CellRecord): CellRecord {
  const { ratePerSec, ...cell } = record.cell;
  return ratePerSec === undefined ? record : { ...record, cell: { ...cell, vus: ratePerSec } };
}

/** A record of an open loop. @param facts `vus` is the planned rate; it is behind where `ratePerSec` is lower */
export function arriving({ vus, ...facts }: CellFacts): CellRecord {
  const answered = facts.ratePerSec ?? vus;
  const verdict = answered < 0.99 * vus ? ('warn' as const) : ('pass' as const);
  const gates = [{ ...gateOf(verdict), gate: 'planned rate sustained' }];
  const record = recordOf({ vus, ...facts, ratePerSec: answered, gates });
  const { vus: _, ...cell } = record.cell;
  return { ...record, cell: { ...cell, id: `${cell.gateway}-q${vus}-r${cell.repeat}`, ratePerSec: vus } };
}

const STAGES = [
  { durationS: 20, ratePerSec: 200, ramp: false },
  { durationS: 10, ratePerSec: 1000, ramp: false },
  { durationS: 40, ratePerSec: 200, ramp: false },
];
const BEGINS_S = [0, 20, 30];

/** A spike of five times the usual rate, from second 20 to 30. */
export const SPIKE: Partial<Scenario['load']> = { model: 'open', stages: STAGES, durationS: 70 };

/** A record of {@link SPIKE}. @param ok successes of each stage @param p99Us in the spike, and for so many seconds after it */
export function spiked(gateway: string, ok: [number, number, number], p99Us: number, slowForS: number): CellRecord {
  const stages = STAGES.map(
    ({ durationS, ratePerSec }, at): StageOfLoad => ({
      atS: BEGINS_S[at] ?? 0,
      durationS,
      from: ratePerSec,
      to: ratePerSec,
      ok: ok[at] ?? 0,
      failed: 0,
      latencyUs: latencyOf(ok[at] ?? 1, 60_000, at === 1 ? p99Us : 62_000),
    }),
  );
  const seconds = Array.from({ length: 70 }, (_, at) => {
    const slow = at >= 20 && at < 30 + slowForS;
    const stage = stages.findLast(({ atS }) => atS <= at);
    return {
      second: at + 15,
      phase: 'window' as const,
      ok: Math.round((stage?.ok ?? 0) / (stage?.durationS ?? 1)),
      failed: 0,
      p50Us: 60_000,
      p99Us: slow ? p99Us : 62_000,
    };
  });
  const arrivals = {
    ratePerSec: 1000,
    distribution: 'constant' as const,
    seed: 1,
    maxInFlight: 1000,
    planned: 22_000,
    sent: 22_000,
    unsent: 0,
    carriedIn: 0,
    heldBack: 0,
    slipped: 0,
    inFlightMax: 100,
  };
  const record = arriving({ gateway, vus: 1000, ratePerSec: ok.reduce((sum, each) => sum + each, 0) / 70 });
  return { ...record, stages, seconds, arrivals, gates: [gateOf('pass')] };
}
