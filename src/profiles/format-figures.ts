import type { ShareInterval } from './measures.js';

/** `12.3 %`: for caveats of a tool's output. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `32 %`, `0.4 %`, `0 %`: for sentences, with no more digits than a few hundred samples justify. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return 'under 0.1 %';
  return percent < 0.95 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** `6 to 15 %`. */
export function formatInterval({ low, high }: ShareInterval): string {
  const figure = (share: number) => formatShare(share).replace(' %', '');
  return `${figure(low)} to ${figure(high)} %`;
}

/** `940 µs`, `9.4 µs`, `13,500 µs` with a comma: CPU time of a request. */
export function formatMicroseconds(us: number): string {
  const figure = us < 10 ? us.toFixed(1) : String(Math.round(us)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${figure} µs`;
}

/** `1 sample`, `213 samples`. */
export function formatSamples(samples: number): string {
  return `${samples} ${samples === 1 ? 'sample' : 'samples'}`;
}
