import type { GatewayFootprint } from '../model/footprint.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { Run } from '../model/run.js';
import { median } from './median.js';
import type { GatewaySummary } from './summary.js';
import { THRESHOLDS } from './thresholds.js';

/**
 * What was measured of a gateway at rest, if it is the gateway of this run: the same version, as a process, on this machine.
 * @param label of the gateway as it was measured and is installed
 * @returns the latest; null without any
 */
export function footprintOf(
  run: Run,
  { planned, info }: GatewaySummary,
  footprints: readonly GatewayFootprint[],
  label: string,
): GatewayFootprint | null {
  if (info !== null && info.runtime.kind !== 'process') return null;
  const version = info?.version ?? planned.version;
  const { hostname, cpuModel, cores, architecture } = run.machine;
  const fitting = footprints.filter(
    ({ machine, ...footprint }) =>
      labelOf(footprint) === label &&
      footprint.version === version &&
      machine.hostname === hostname &&
      machine.cpuModel === cpuModel &&
      machine.cores === cores &&
      machine.architecture === architecture,
  );
  return fitting.toSorted((a, b) => b.measuredAt.localeCompare(a.measuredAt))[0] ?? null;
}

function labelOf({ gateway, variant }: Pick<GatewayFootprint, 'gateway' | 'variant'>): string {
  return gatewayLabel({ name: gateway, variant });
}

/** Median and range of a footprint's starts. */
export interface StartSummary {
  medianS: number;
  minS: number;
  maxS: number;
  /** By how much the worst of them may be too long. */
  uncertaintyS: number;
  /** Median; null where it could not be read. */
  readBytes: number | null;
  /** Median; null where it could not be read. */
  otherCpuPercent: number | null;
  /** Whether other programs took as much as makes a cell invalid. */
  isDisturbed: boolean;
}

export function startSummary({ starts }: Pick<GatewayFootprint, 'starts'>): StartSummary {
  const times = starts.map(({ firstResponseS }) => firstResponseS);
  const medianS = median(times);
  if (medianS === null) throw new Error('a footprint has one start at least');
  const otherCpuPercent = median(starts.map((start) => start.otherCpuPercent));
  return {
    medianS,
    minS: Math.min(...times),
    maxS: Math.max(...times),
    uncertaintyS: Math.max(...starts.map(({ uncertaintyS }) => uncertaintyS)),
    readBytes: median(starts.map(({ readBytes }) => readBytes)),
    otherCpuPercent,
    isDisturbed: otherCpuPercent !== null && otherCpuPercent > THRESHOLDS.otherProgramsPercent.warn,
  };
}

/** Whether it is the same gateway's on the same machine, and is replaced by a newer one. */
export function withFootprints(
  earlier: readonly GatewayFootprint[],
  added: readonly GatewayFootprint[],
): GatewayFootprint[] {
  const isReplaced = (old: GatewayFootprint) =>
    added.some(
      (each) =>
        each.gateway === old.gateway &&
        each.variant === old.variant &&
        each.version === old.version &&
        each.machine.hostname === old.machine.hostname,
    );
  return [...earlier.filter((each) => !isReplaced(each)), ...added];
}
