import { InvalidArgumentError, Option } from 'commander';
import type { FlameChoice } from '../../app/bench/plan-profiles.js';
import { parseDurationS } from '../../lib/duration.js';
import { messageOf } from '../../lib/errors.js';
import { DEFAULT_ENGINE, engineNames } from '../../load/engines.js';
import { LATENCY_EXAMPLES, Latency } from '../../model/latency.js';
import { RuntimeName } from '../../model/runtime.js';

/** `a,b` or `a b` to its parts; empty parts are left out. */
export function parseList(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** `50,150` to whole numbers from 1. */
export function parseVus(text: string): number[] {
  const parts = parseList(text);
  if (parts.length === 0) throw new InvalidArgumentError('give at least one VU count, such as 50,150');
  return [...new Set(parts.map((part) => parseWhole(part, 1, 'a VU count')))];
}

/** A whole number of at least `least`. */
export function parseWhole(text: string, least: number, what: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(`"${text}" is not ${what}: write a whole number of at least ${least}`);
  }
  return value;
}

/** A duration in seconds; `least` in seconds too. */
export function durationParser(name: string, least: number, exclusive = false): (text: string) => number {
  return (text) => {
    let seconds: number;
    try {
      seconds = parseDurationS(text, name);
    } catch (error) {
      throw new InvalidArgumentError(`${messageOf(error)}: write it with a unit, such as 60s, 1m30s or 500ms`);
    }
    if (seconds < least || (exclusive && seconds === least)) {
      throw new InvalidArgumentError(
        `${text} is too short: it must be ${exclusive ? 'more than' : 'at least'} ${least} s`,
      );
    }
    return seconds;
  };
}

/** A latency as the mock takes it; it stays text. */
export function parseLatency(text: string): string {
  if (!Latency.safeParse(text).success) {
    throw new InvalidArgumentError(`"${text}" is not a latency: write ${LATENCY_EXAMPLES}`);
  }
  return text;
}

/** The published mock's. */
export const DEFAULT_MOCK_PORT = 9000;

/** Options that several verbs share. */
export const jsonOption = () => new Option('--json', 'print data as JSON instead of text');
export const gatewaysDirOption = () =>
  new Option('--gateways-dir <dir>', 'a folder of gateways other than the one that comes with gatebench');

/** Where a run goes and how it is driven. */
export function runOptions(): Option[] {
  return [
    new Option('-o, --out <dir>', 'folder in which the run gets a folder of its own (default: results)'),
    new Option('--resume <run>', 'go on with a run: measure what has no result yet, and what failed'),
    new Option('--mock-port <port>', 'port of the mock upstream')
      .default(DEFAULT_MOCK_PORT)
      .argParser((text) => parseWhole(text, 1, 'a port')),
  ];
}

/** What choosing and shaping the cells of a run takes. */
export function cellOptions(): Option[] {
  return [
    new Option('-g, --gateways <list>', 'gateways, each name or name:variant (default: all)').argParser(parseList),
    new Option('-s, --scenario <name>', 'name of a scenario, or path of its file').default('published'),
    new Option('--vus <list>', 'VU counts, such as 50,150').argParser(parseVus),
    new Option('--duration <time>', 'measured window, such as 60s').argParser(durationParser('--duration', 0, true)),
    new Option('--warmup <time>', 'load before the window').argParser(durationParser('--warmup', 0)),
    new Option('--repeats <n>', 'times that every cell is measured').argParser((text) =>
      parseWhole(text, 1, 'a number of repeats'),
    ),
    new Option('--idle <time>', 'samples of the idle gateway before the load').argParser(durationParser('--idle', 0)),
    new Option('--recovery <time>', 'samples of the gateway after the load').argParser(durationParser('--recovery', 0)),
    new Option('--cooldown <time>', 'rest between two cells').argParser(durationParser('--cooldown', 0)),
    new Option(
      '--upstream-latency <time>',
      "the mock's answer time, such as 60ms or 'lognormal(p50=60ms,p99=200ms)'",
    ).argParser(parseLatency),
    new Option('--seed <n>', 'order of the gateways (default: random, recorded)').argParser((text) =>
      parseWhole(text, 0, 'a seed'),
    ),
    new Option('--engine <name>', `load engine: ${engineNames().join(', ')}`).default(DEFAULT_ENGINE),
    new Option('--runtime <name>', 'what gateways run as; one whose manifest names no image is a process all the same')
      .choices(RuntimeName.options)
      .default('process'),
    new Option('--pin <cpus>', 'CPUs of their own: auto, off, or such as load=0-1,gateway=2-7').default('auto'),
  ];
}

/** What {@link cellOptions} parse to. */
export interface CellOptions {
  gateways?: string[];
  scenario: string;
  vus?: number[];
  duration?: number;
  warmup?: number;
  repeats?: number;
  idle?: number;
  recovery?: number;
  cooldown?: number;
  upstreamLatency?: string;
  seed?: number;
  engine: string;
  runtime: RuntimeName;
  pin: string;
  gatewaysDir?: string;
  /** Absent where nothing is profiled. */
  flame?: FlameChoice;
}
