import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { SelfbenchRequest } from '../../app/selfbench/selfbench.js';
import { IS_CHECKOUT, PACKAGE_ROOT } from '../../lib/paths.js';
import { MAX_PAUSE_S, MAX_REPEATS } from '../../model/bounds.js';
import {
  allowConcurrentOption,
  durationParser,
  jsonOption,
  namesParser,
  parsePort,
  parseWhole,
  vusParser,
} from './cell-options.js';

export interface SelfbenchOptions {
  duration?: number;
  warmup?: number;
  rounds?: number;
  engines?: string[];
  vus?: number[];
  zeroVus?: number[];
  out?: string;
  quick?: boolean;
  strict?: boolean;
  json?: boolean;
  port: number;
  allowConcurrent?: boolean;
}

/** What is measured, and for how long. */
export type SelfbenchShape = Omit<SelfbenchRequest, 'engines' | 'firstPort'>;

const FULL: SelfbenchShape = {
  durationS: 5,
  // VUs start spread over its first half.
  warmupS: 1.2,
  rounds: 3,
  vus: [50, 300, 1000, 5000],
  zeroVus: [50, 1000],
};
const QUICK: SelfbenchShape = { ...FULL, durationS: 1, warmupS: 1, rounds: 1, vus: [50, 300, 1000] };

const MAX_WINDOW_S = 3600;

/** The upstreams' ports, away from the gateways'. */
const FIRST_PORT = 21_000;
const LAST_FIRST_PORT = 64_000;

/** A full or a quick run, as changed by the options. */
export function resolveShape(options: SelfbenchOptions): SelfbenchShape {
  const defaults = options.quick ? QUICK : FULL;
  const vus = options.vus ?? defaults.vus;
  return {
    durationS: options.duration ?? defaults.durationS,
    warmupS: options.warmup ?? defaults.warmupS,
    rounds: options.rounds ?? defaults.rounds,
    vus,
    zeroVus: options.zeroVus ?? defaults.zeroVus.filter((count) => vus.includes(count)),
  };
}

/** Where to write the document; null for nowhere. A quick run, or an installed package, doesn't replace the project's own figures. */
export function resolveOutFile({ out, quick }: SelfbenchOptions): string | null {
  if (out !== undefined) return resolve(out);
  return quick || !IS_CHECKOUT ? null : resolve(PACKAGE_ROOT, 'docs', 'performance.md');
}

export function selfbenchOptions(): Option[] {
  return [
    new Option('--duration <time>', `window of each measurement (default: ${FULL.durationS}s)`).argParser(
      durationParser({ min: 0.5, max: MAX_WINDOW_S }),
    ),
    new Option(
      '--warmup <time>',
      `load before each window, longer for more than 2,000 VUs (default: ${FULL.warmupS}s)`,
    ).argParser(durationParser({ min: 0, max: MAX_PAUSE_S })),
    new Option(
      '--rounds <n>',
      `how often to measure everything; medians are shown (default: ${FULL.rounds})`,
    ).argParser((text) => parseWhole(text, { min: 1, max: MAX_REPEATS }, 'a number of rounds')),
    new Option('--engines <engines>', 'engines to compare (default: all)').argParser(namesParser('native,wrk')),
    new Option('--vus <list>', `VU counts (default: ${FULL.vus.join(',')})`).argParser(vusParser()),
    new Option(
      '--zero-vus <list>',
      `VU counts against upstreams without latency (default: ${FULL.zeroVus.join(',')})`,
    ).argParser(vusParser()),
    new Option(
      '--quick',
      'take less than two minutes: one round of 1-s windows, at most 1,000 VUs; writes no file without --out',
    ),
    new Option('-o, --out <file>', 'Markdown file for the tables (default: docs/performance.md of a checkout)'),
    new Option('--port <first>', "first of the upstreams' ports").default(FIRST_PORT).argParser(portParser),
    allowConcurrentOption(),
    new Option('--strict', 'exit with 1 unless every target is reached'),
    jsonOption(),
  ];
}

function portParser(text: string): number {
  const port = parsePort(text);
  if (port <= LAST_FIRST_PORT) return port;
  throw new InvalidArgumentError(`${port} leaves too few ports above it: at most ${LAST_FIRST_PORT}`);
}
