import type { ClassLoad } from '../model/load.js';
import type { DerivedCell, OverheadUs } from './derive-run.js';

/** One class of requests in one cell. */
export interface ClassFigures {
  cell: DerivedCell['cell'];
  load: ClassLoad;
  /** Successes of the class over the measured window. */
  ratePerSec: number | null;
  /** Latency less that of the same class in the direct cell, where the cell itself has an overhead. */
  overheadUs: OverheadUs | null;
}

/** The classes of a cell, in the scenario's order; empty where its requests have none. @param cells all of its run */
export function classFigures(record: DerivedCell, cells: readonly DerivedCell[]): ClassFigures[] {
  const { cell, classes = [], window, overheadUs } = record;
  const direct =
    overheadUs === null
      ? undefined
      : cells.find(
          ({ gateway, cell: other }) =>
            gateway.kind === 'direct' &&
            other.scenario === cell.scenario &&
            other.vus === cell.vus &&
            other.repeat === cell.repeat,
        );
  return classes.map((load) => {
    const beside = direct?.classes?.find(({ name }) => name === load.name);
    return {
      cell,
      load,
      ratePerSec: window === null || window.measuredS === 0 ? null : load.ok / window.measuredS,
      overheadUs: overheadBetween(load, beside),
    };
  });
}

function overheadBetween(load: ClassLoad, direct: ClassLoad | undefined): OverheadUs | null {
  const [ours, theirs] = [load.latencyUs, direct?.latencyUs ?? null];
  return ours === null || theirs === null ? null : { p50: ours.p50 - theirs.p50, p99: ours.p99 - theirs.p99 };
}
