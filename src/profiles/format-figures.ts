import { formatSampledShare } from '../lib/format.js';
import type { ShareInterval } from './measures.js';

/** `6 to 15 %`. */
export function formatInterval({ low, high }: ShareInterval): string {
  const figure = (share: number) => formatSampledShare(share).replace(' %', '');
  return `${figure(low)} to ${figure(high)} %`;
}

/** `1 sample`, `213 samples`. */
export function formatSamples(samples: number): string {
  return `${samples} ${samples === 1 ? 'sample' : 'samples'}`;
}
