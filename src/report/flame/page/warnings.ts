import { categoryTotals } from '../../../stacks/category-table.js';
import { profileSize } from '../../../stacks/profile-size.js';
import { decimal, percent } from '../../format.js';
import type { FlameEntry } from '../flame-entry.js';

/** Of fewer samples, a function that takes 1 % is anything from 0.5 % to 1.8 %. */
const FEW_SAMPLES = 1000;
/** More unknown than this, and the shares of the other categories say little. */
const MUCH_UNKNOWN = 0.1;
/** A profiler that takes more than this of the throughput shows a gateway that isn't the measured one. */
const HEAVY_PROFILER = 0.1;
const MUCH_LOST = 0.01;

/** What makes a profile less than it seems, in sentences; the gravest first. */
export function profileWarnings({ profile, ratePerSec, referenceRatePerSec, outcomeWords }: FlameEntry): string[] {
  const { meta } = profile.profile;
  const { samples } = profileSize(profile.profile);
  const unknownShare = categoryTotals(profile).find(({ category }) => category === 'unknown')?.share ?? 0;
  const slowdown = ratePerSec === null || !referenceRatePerSec ? 0 : 1 - ratePerSec / referenceRatePerSec;
  const lostShare = meta.lost === null || samples === 0 ? 0 : meta.lost / (samples + meta.lost);
  return [
    ...(outcomeWords === 'ok' ? [] : [`The cell that was profiled didn’t end well: ${outcomeWords}.`]),
    ...(samples < FEW_SAMPLES
      ? [`Only ${decimal(samples, 0)} samples: small shares are guesses. See the intervals beside the categories.`]
      : []),
    ...(slowdown > HEAVY_PROFILER
      ? [
          `The profiler took ${percent(slowdown)} of the throughput${slowdown >= 0.5 ? ', more than half of it' : ''}: what is seen here includes its own work.`,
        ]
      : []),
    ...(unknownShare > MUCH_UNKNOWN
      ? [
          `${percent(unknownShare)} of the weight is in code that nothing could name or no rule knows: the other shares are too low.`,
        ]
      : []),
    ...(lostShare > MUCH_LOST
      ? [`${decimal(meta.lost ?? 0, 0)} samples were lost (${percent(lostShare)}), most likely when it was busiest.`]
      : []),
  ];
}
