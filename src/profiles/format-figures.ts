import { formatDecimal, formatSampledShare } from '../lib/format.js';
import type { ShareInterval } from './measures.js';

/** `6 to 15 %`. */
export function formatInterval({ low, high }: ShareInterval): string {
  const figure = (share: number) => formatSampledShare(share).replace(' %', '');
  return `${figure(low)} to ${figure(high)} %`;
}

/** `1 sample`, `1,213 samples`. */
export function formatSamples(samples: number): string {
  return `${formatDecimal(samples, 0)} ${samples === 1 ? 'sample' : 'samples'}`;
}
