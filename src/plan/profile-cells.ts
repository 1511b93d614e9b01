import { type Cell, cellId } from '../model/cell.js';
import { levelField } from '../model/load-level.js';
import type { ProfilerName } from '../model/profiler.js';
import type { Scenario } from '../model/scenario.js';

/** A gateway that is profiled, and by what. */
export interface ProfiledGateway {
  gateway: string;
  variant: string;
  profilers: readonly ProfilerName[];
}

/**
 * The profiled cells of a run. They come after every cell whose numbers count, and one gateway after the other: what
 * is compared is a gateway's own stacks, not rates over time.
 * @param levels each gets a cell of its own for every profiler
 */
export function profileCells(
  scenario: Scenario,
  gateways: readonly ProfiledGateway[],
  levels: readonly number[],
): Cell[] {
  return gateways.flatMap(({ gateway, variant, profilers }) =>
    levels.flatMap((level) =>
      profilers.map((profiler) => {
        const key = { gateway, variant, ...levelField(scenario.load.model, level), repeat: 1, profiler };
        return { id: cellId(key), ...key, scenario: scenario.name, stream: scenario.request.stream };
      }),
    ),
  );
}
