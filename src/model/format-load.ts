import type { ArrivalDistribution } from './arrivals.js';
import { DEFAULT_MAX_IN_FLIGHT } from './bounds.js';
import { stageLevel } from './load-level.js';
import type { Scenario } from './scenario.js';

type Load = Scenario['load'];

const ARRIVALS: Record<ArrivalDistribution, string> = {
  constant: 'constant',
  poisson: 'Poisson',
  recorded: 'recorded',
};

/** `50, 150 VUs`, `500, 1000 req/s (Poisson, at most 1000 in flight)`, `1, 10 times its speed (recorded arrivals, …)`, `3 stages: 100 req/s for 10 s, then 400 for 5 s, …`. */
export function formatLoadLevels(load: Load): string {
  const { model, vus, ratePerSec, arrivals = 'constant', speed = [1], stages } = load;
  const unit = model === 'open' ? 'req/s' : 'VUs';
  const beside =
    model === 'open'
      ? ` (${ARRIVALS[arrivals]} arrivals, at most ${load.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT} in flight)`
      : '';
  // Until its file has been read, nothing is known of a recording's rate.
  if (arrivals === 'recorded' && ratePerSec === undefined) return `${speed.join(', ')} times its speed${beside}`;
  if (stages === undefined) return `${(model === 'open' ? (ratePerSec ?? []) : vus).join(', ')} ${unit}${beside}`;
  const parts = stages.map((stage, at) => {
    const level = `${stage.ramp ? 'ramp to ' : ''}${stageLevel(stage)}${at === 0 ? ` ${unit}` : ''}`;
    return `${level} for ${stage.durationS} s`;
  });
  return `${parts.join(', ')}${beside}`;
}
