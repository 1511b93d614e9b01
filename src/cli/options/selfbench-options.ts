import { InvalidArgumentError, Option } from 'commander';
import { durationParser, jsonOption, parseList, parseVus, parseWhole } from './cell-options.js';

/** What the command line decides. */
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
}

export interface SelfbenchShape {
  durationS: number;
  warmupS: number;
  rounds: number;
  vus: number[];
  /** Those of them at which the ceiling, without any latency, is measured. */
  zeroVus: number[];
}

const FULL: SelfbenchShape = {
  durationS: 5,
  // The VUs start spread over the first half of it.
  warmupS: 1.2,
  rounds: 3,
  vus: [50, 300, 1000, 5000],
  zeroVus: [50, 1000],
};
const QUICK: SelfbenchShape = { ...FULL, durationS: 1, warmupS: 1, rounds: 1, vus: [50, 300, 1000] };

/** Ports of the upstreams: away from those of gateways. */
const FIRST_PORT = 21_000;
const LAST_FIRST_PORT = 64_000;

/** The shape of a run: what was asked for, else that of a full or a quick run. */
export function selfbenchShape(options: SelfbenchOptions): SelfbenchShape {
  const usual = options.quick ? QUICK : FULL;
  const vus = options.vus ?? usual.vus;
  return {
    durationS: options.duration ?? usual.durationS,
    warmupS: options.warmup ?? usual.warmupS,
    rounds: options.rounds ?? usual.rounds,
    vus,
    zeroVus: options.zeroVus ?? usual.zeroVus.filter((count) => vus.includes(count)),
  };
}

export function selfbenchOptions(): Option[] {
  return [
    new Option('--duration <time>', `window of each measurement (default: ${FULL.durationS}s)`).argParser(
      durationParser('--duration', 0.5),
    ),
    new Option(
      '--warmup <time>',
      `load before each window, longer for more than 2,000 VUs (default: ${FULL.warmupS}s)`,
    ).argParser(durationParser('--warmup', 0)),
    new Option(
      '--rounds <n>',
      `times that everything is measured; medians are shown (default: ${FULL.rounds})`,
    ).argParser((text) => parseWhole(text, 1, 'a number of rounds')),
    new Option('--engines <list>', 'engines to compare (default: all)').argParser(parseList),
    new Option('--vus <list>', `VU counts (default: ${FULL.vus.join(',')})`).argParser(parseVus),
    new Option(
      '--zero-vus <list>',
      `VU counts against upstreams without latency (default: ${FULL.zeroVus.join(',')})`,
    ).argParser(parseVus),
    new Option(
      '--quick',
      'a taste in less than two minutes: one round of 1-s windows, at most 1,000 VUs; writes no file unless --out is given',
    ),
    new Option('-o, --out <file>', 'where the tables go as Markdown (default: docs/performance.md)'),
    new Option('--port <first>', 'first of the ports that the upstreams get').default(FIRST_PORT).argParser(portParser),
    new Option('--strict', 'exit with 1 unless every target is reached'),
    jsonOption(),
  ];
}

function portParser(text: string): number {
  const port = parseWhole(text, 1, 'a port');
  if (port <= LAST_FIRST_PORT) return port;
  throw new InvalidArgumentError(`${port} leaves no room for the ports above it: at most ${LAST_FIRST_PORT}`);
}
