import type { Cell } from '../../model/cell.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import { loadLevels } from '../../model/load-level.js';
import type { ProfilerName } from '../../model/profiler.js';
import { gatewayLabel, type ResolvedGateway } from '../../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../../model/run.js';
import type { Scenario } from '../../model/scenario.js';
import { type ProfiledGateway, profileCells } from '../../plan/profile-cells.js';
import { type Profilers, profilersFor } from '../../profilers/profilers.js';
import type { FlameChoice } from './run-request.js';

/**
 * The profiled cells of a run. A profiler that can't run here gets no cell, but a place in `unavailable`.
 * @param gatewayOf of a planned gateway; null for direct, which has nothing to profile
 */
export async function planProfiles(
  choice: FlameChoice,
  scenario: Scenario,
  planned: readonly PlannedGateway[],
  gatewayOf: (label: string) => Exclude<ResolvedGateway, { kind: 'direct' }> | null,
  profilers: Profilers,
): Promise<{ cells: Cell[]; flame: NonNullable<Run['flame']> }> {
  const unavailable: NonNullable<Run['flame']>['unavailable'] = [];
  const profiled: ProfiledGateway[] = [];
  for (const { gateway, variant, image } of planned) {
    const label = gatewayLabel({ name: gateway, variant });
    const subject = gatewayOf(label);
    if (subject === null) continue;
    const names: ProfilerName[] = [];
    for (const name of wantedProfilers(subject.profiler, choice)) {
      const profiler = profilers.get(name);
      const missing =
        profiler?.startsProgram && (image !== undefined || subject.kind === 'attached')
          ? {
              reason: 'it has to start the program itself',
              hint: image === undefined ? 'use perf or cpuprofile' : 'use --runtime process',
            }
          : // Nobody has said what a gateway that runs already is written in: its profiler finds out.
            await profiler?.unavailable(subject.kind === 'attached' ? null : subject.profiler);
      if (missing) unavailable.push({ gateway: label, profiler: name, ...missing });
      else names.push(name);
    }
    profiled.push({ gateway, variant, profilers: names });
  }
  const vus = choice.vus === 'lowest' ? [Math.min(...loadLevels(scenario.load))] : choice.vus;
  return { cells: profileCells(scenario, profiled, vus), flame: { rateHz: choice.rateHz, unavailable } };
}

const WAITING: readonly ProfilerName[] = ['off-cpu'];
const WAITING_GO: readonly ProfilerName[] = [...WAITING, 'mutex', 'block'];

function wantedProfilers(spec: ProfilerSpec, { profiler, offCpu }: FlameChoice): ProfilerName[] {
  const waiting = spec.native === 'pprof' ? WAITING_GO : WAITING;
  return [...new Set([...profilersFor(spec, profiler), ...(offCpu ? waiting : [])])];
}
