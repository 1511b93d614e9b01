import { DEFAULT_MAX_IN_FLIGHT } from './bounds.js';
import { stageLevel } from './load-level.js';
import type { Scenario } from './scenario.js';

type Load = Scenario['load'];

/** `50, 150 VUs`, `500, 1000 req/s (Poisson, at most 1000 in flight)`, `3 stages: 100 req/s for 10 s, then 400 for 5 s, …`. */
export function formatLoadLevels(load: Load): string {
  const { model, vus, ratePerSec = [], stages } = load;
  const unit = model === 'open' ? 'req/s' : 'VUs';
  const beside =
    model === 'open'
      ? ` (${load.arrivals === 'poisson' ? 'Poisson' : 'constant'} arrivals, at most ${load.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT} in flight)`
      : '';
  if (stages === undefined) return `${(model === 'open' ? ratePerSec : vus).join(', ')} ${unit}${beside}`;
  const parts = stages.map((stage, at) => {
    const level = `${stage.ramp ? 'ramp to ' : ''}${stageLevel(stage)}${at === 0 ? ` ${unit}` : ''}`;
    return `${level} for ${stage.durationS} s`;
  });
  return `${parts.join(', ')}${beside}`;
}
