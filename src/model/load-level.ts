import { DEFAULT_MAX_IN_FLIGHT } from './bounds.js';
import type { Cell } from './cell.js';
import type { Scenario } from './scenario.js';

type Load = Scenario['load'];

/** What varies between the cells of a gateway: VUs of a closed loop, requests a second of an open one. */
export type LoadModel = Load['model'];

/** The levels of a load, in the order that its scenario has them; one with stages has one level, the highest of theirs. */
export function loadLevels({ model, vus, ratePerSec = [], stages }: Load): number[] {
  if (stages !== undefined) return [Math.max(...stages.map(stageLevel))];
  return model === 'open' ? ratePerSec : vus;
}

/** How many levels a load has, those included that follow from a recording which hasn't been read. */
export function levelCount(load: Load): number {
  return load.arrivals === 'recorded' && load.ratePerSec === undefined
    ? (load.speed?.length ?? 1)
    : loadLevels(load).length;
}

/** VUs or requests a second of a stage, at its end. */
export function stageLevel(stage: NonNullable<Load['stages']>[number]): number {
  return stage.ratePerSec ?? stage.vus ?? 0;
}

/** What a column or an axis of levels is called. */
export function levelTitle(model: LoadModel): string {
  return model === 'open' ? 'Planned req/s' : 'VUs';
}

/** A cell's level, by whichever model. */
export function cellLevel({ vus, ratePerSec }: Pick<Cell, 'vus' | 'ratePerSec'>): number {
  return ratePerSec ?? vus ?? 0;
}

export function cellModel({ ratePerSec }: Pick<Cell, 'ratePerSec'>): LoadModel {
  return ratePerSec === undefined ? 'closed' : 'open';
}

/** The field of a cell that has its level. */
export function levelField(model: LoadModel, level: number): Pick<Cell, 'vus' | 'ratePerSec'> {
  return model === 'open' ? { ratePerSec: level } : { vus: level };
}

/** The field of a load that has its levels; none where it has stages, whose level follows from them. */
export function levelsField({ model, stages }: Load, levels: number[]): Partial<Pick<Load, 'vus' | 'ratePerSec'>> {
  if (stages !== undefined) return {};
  return model === 'open' ? { ratePerSec: levels } : { vus: levels };
}

/** The most connections that a load makes at once. */
export function mostConnections(load: Load): number {
  return load.model === 'open' ? (load.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT) : Math.max(...loadLevels(load));
}
