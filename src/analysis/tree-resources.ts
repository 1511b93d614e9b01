import type { Sample, TreeResources, TreeSample } from '../model/resources.js';

type Tree = 'gateway' | 'services' | 'mock' | 'engine';

/**
 * What one process tree used, from a cell's samples. CPU is the difference between the window's first and last sample,
 * so it covers all but the window's edges. CPU time per request follows from the utilisation law, U = X * D.
 * @param completions requests completed in the window, failures included
 * @param windowS the window as measured
 * @returns null if the tree was never seen
 */
export function treeResources(
  samples: readonly Sample[],
  tree: Tree,
  completions: number,
  windowS: number,
): TreeResources | null {
  const seen = samples.filter((sample) => sample[tree] !== null);
  if (seen.length === 0) return null;
  const idle = readings(seen, tree, 'idle');
  const window = readings(seen, tree, 'window');
  const recovery = readings(seen, tree, 'recovery');
  const cpuPercentMean = meanCpuPercent(seen, tree);
  return {
    cpuPercentMean,
    cpuPercentMax: max(window, 'cpuPercent'),
    rssBytesIdle: last(idle, 'rssBytes'),
    rssBytesMax: max(window, 'rssBytes'),
    rssBytesAfter: last(recovery, 'rssBytes'),
    pssBytesIdle: last(idle, 'pssBytes'),
    pssBytesMax: max(window, 'pssBytes'),
    threadsMax: max(window, 'threads'),
    descriptorsMax: max(window, 'descriptors'),
    processesMax: max(window, 'processes'),
    processesEnded: endedIn(seen, tree),
    cpuUsPerRequest:
      cpuPercentMean === null || completions === 0 ? null : ((cpuPercentMean / 100) * windowS * 1e6) / completions,
  };
}

function meanCpuPercent(seen: readonly Sample[], tree: Tree): number | null {
  const window = seen.filter((sample) => sample.phase === 'window' && (sample[tree]?.cpuTimeUs ?? null) !== null);
  const from = window[0];
  const to = window.at(-1);
  const fromUs = from?.[tree]?.cpuTimeUs ?? null;
  const toUs = to?.[tree]?.cpuTimeUs ?? null;
  if (!from || !to || fromUs === null || toUs === null || to.atS <= from.atS) return null;
  return (100 * (toUs - fromUs)) / 1e6 / (to.atS - from.atS);
}

/** From the last sample before the window, or its first, to its last. */
function endedIn(seen: readonly Sample[], tree: Tree): number | null {
  const first = seen.findIndex(({ phase }) => phase === 'window');
  const last = seen.findLastIndex(({ phase }) => phase === 'window');
  const before = (seen[first - 1] ?? seen[first])?.[tree]?.processesEnded ?? null;
  const after = seen[last]?.[tree]?.processesEnded ?? null;
  return before === null || after === null ? null : after - before;
}

function readings(samples: readonly Sample[], tree: Tree, phase: Sample['phase']): TreeSample[] {
  return samples
    .filter((sample) => sample.phase === phase)
    .map((sample) => sample[tree])
    .filter((reading) => reading !== null);
}

function max(readings: readonly TreeSample[], key: keyof TreeSample): number | null {
  const values = readings.map((reading) => reading[key]).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}

function last(readings: readonly TreeSample[], key: keyof TreeSample): number | null {
  return readings.at(-1)?.[key] ?? null;
}
