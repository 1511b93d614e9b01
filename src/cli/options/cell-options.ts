import { InvalidArgumentError, Option } from 'commander';
import { parseNonNegativeDuration } from '../../../common/duration.js';
import * as latency from '../../../common/latency.js';
import { MAX_SEED } from '../../../common/upstream-limits.js';
import { DEFAULT_MOCK_PORT, type RunRequest } from '../../app/bench/run-request.js';
import { formatDuration } from '../../lib/duration.js';
import { formatDecimal } from '../../lib/format.js';
import type { EngineName } from '../../load/engines.js';
import {
  DEFAULT_MAX_IN_FLIGHT,
  MAX_DURATION_S,
  MAX_PAUSE_S,
  MAX_PORT,
  MAX_RATE_PER_SEC,
  MAX_REPEATS,
  MAX_VU_LEVELS,
  MAX_VUS,
  MAX_WARMUP_S,
} from '../../model/bounds.js';
import { LATENCY_EXAMPLES } from '../../model/latency.js';
import type { RuntimeName } from '../../model/runtime.js';
import type { GivenArrivals } from '../../plan/override.js';

/** Of Linux: https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html, pid_max. */
export const MAX_PID = 2 ** 22;
// Spelled out rather than imported: --help shouldn't have to load engines and schemas. The types keep them complete.
const ENGINES: Record<EngineName, true> = { native: true, autocannon: true, k6: true, wrk: true };
export const ENGINE_NAMES: readonly string[] = Object.keys(ENGINES);
const DEFAULT_ENGINE: EngineName = 'native';
const LOAD_PRIORITIES: Record<RunRequest['loadPriority'], true> = { auto: true, realtime: true, off: true };
const ARRIVALS: Record<GivenArrivals, true> = { constant: true, poisson: true };
const PAUSE: Bounds = { min: 0, max: MAX_PAUSE_S };
const RUNTIMES: Record<RuntimeName, true> = { process: true, docker: true, podman: true };

/** `a,b` or `a b` to its parts; empty parts are left out. */
export function parseList(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/**
 * The parser of an option whose value is a list, and that may be given several times: the lists are joined.
 * @param parse of all parts that were given until now
 * @param example for who gives no part
 */
export function listParser<T>(parse: (parts: string[]) => T[], example: string): (text: string) => T[] {
  // Not commander's own previous value, which is the default at first: what is given replaces that.
  let given: string[] = [];
  return (text) => {
    const parts = parseList(text);
    if (parts.length === 0) throw new InvalidArgumentError(`it names none: write it as ${example}`);
    given = [...given, ...parts];
    return parse(given);
  };
}

/** Of names, each once. */
export const namesParser = (example: string) => listParser((parts) => [...new Set(parts)], example);

/** Of VU counts, each once. */
export const vusParser = () => listParser(parseVus, '50,150');

function parseVus(parts: string[]): number[] {
  const levels = [...new Set(parts.map((part) => parseWhole(part, { min: 1, max: MAX_VUS }, 'a VU count')))];
  if (levels.length <= MAX_VU_LEVELS) return levels;
  throw new InvalidArgumentError(`${levels.length} VU counts are too many: give at most ${MAX_VU_LEVELS}`);
}

/** Requests a second, each once. */
function parseRates(parts: string[]): number[] {
  const rates = [...new Set(parts.map(parseRate))];
  if (rates.length <= MAX_VU_LEVELS) return rates;
  throw new InvalidArgumentError(`${rates.length} rates are too many: give at most ${MAX_VU_LEVELS}`);
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0 && rate <= MAX_RATE_PER_SEC) return rate;
  throw new InvalidArgumentError(
    `"${text}" is not a rate: write requests a second, more than 0 and at most ${formatDecimal(MAX_RATE_PER_SEC, 0)}`,
  );
}

/** The bounds of an option's value, themselves allowed. */
export interface Bounds {
  min: number;
  max: number;
}

/** A whole number within bounds. */
export function parseWhole(text: string, { min, max }: Bounds, what: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(
    `"${text}" is not ${what}: write a whole number from ${min} to ${formatDecimal(max, 0)}`,
  );
}

/** A port that can be listened on. */
export function parsePort(text: string): number {
  return parseWhole(text, { min: 1, max: MAX_PORT }, 'a port');
}

/**
 * Parser of a duration, in seconds.
 * @param positive whether 0 is refused too
 */
export function durationParser({ min, max }: Bounds, positive = false): (text: string) => number {
  return (text) => {
    if (text.startsWith('-')) throw new InvalidArgumentError(`${text} is negative: write a duration such as 60s`);
    const parsed = parseNonNegativeDuration(text);
    if (!parsed.ok) {
      throw new InvalidArgumentError(
        `"${text}" is not a duration: ${parsed.why}; write it with a unit, such as 60s, 1m30s or 500ms`,
      );
    }
    const seconds = Number(parsed.ns) / 1e9;
    if (seconds > max) throw new InvalidArgumentError(`${text} is too long: at most ${formatDuration(max)}`);
    if (seconds < min || (positive && seconds === 0)) {
      throw new InvalidArgumentError(`${text} is too short: ${positive ? 'more than 0 s' : `at least ${min} s`}`);
    }
    return seconds;
  };
}

/** A latency as the mock takes it; it stays text. */
function parseLatency(text: string): string {
  const parsed = latency.parseLatency(text);
  const spelt = latency.LATENCY_PATTERN.test(text);
  if (parsed.ok && spelt) return text;
  const why = spelt && !parsed.ok ? parsed.why : `write ${LATENCY_EXAMPLES}`;
  throw new InvalidArgumentError(`"${text}" is not a latency: ${why}`);
}

/** Options that several verbs share. */
export const jsonOption = () => new Option('--json', 'print data as JSON instead of text');
export const gatewaysDirOption = () =>
  new Option('--gateways-dir <dir>', "folder of gateway manifests (default: gatebench's own)");

/** `--watch` without a port. */
const ANY_PORT = 'any';

/** @param what is shown: `the run` */
export const watchOption = (what: string) =>
  new Option(
    '--watch [port]',
    `show ${what} on a page too, on this machine alone, at this port or a free one; the URL is printed, with a token`,
  )
    .preset(ANY_PORT)
    .argParser((text) => (text === ANY_PORT ? 0 : parsePort(text)));

export const allowConcurrentOption = () =>
  new Option('--allow-concurrent', 'measure although something else is being measured on this machine');

/** What is asked of the machine before anything is measured. */
export const fitnessOptions = () => [
  new Option('--require-fit', 'exit with 1 before anything is measured if the machine is not fit (doctor --fitness)'),
  new Option('--wait-for-quiet <time>', 'wait this long, such as 10m, until no other program is busy').argParser(
    durationParser({ min: 0, max: MAX_DURATION_S }),
  ),
  new Option(
    '--no-fitness',
    'begin at once, without the five seconds of watching whether the machine is fit; gates judge each cell all the same',
  ).conflicts(['requireFit', 'waitForQuiet']),
];

/** Where a run's results go and how it is driven. */
export function runOptions(): Option[] {
  return [
    new Option('-o, --out <dir>', 'parent folder of the run (default: results)'),
    new Option('--resume <run>', 'resume a run: measure the cells that have no result or failed'),
    new Option('--mock-port <port>', `port of the mock upstream (default: ${DEFAULT_MOCK_PORT})`).argParser(parsePort),
    new Option(
      '--accept-changes',
      'with --resume: go on although gateways, scenario, engine, gatebench or machine have changed; the report says so',
    ),
    allowConcurrentOption(),
  ];
}

/** What {@link runOptions} parse to. */
export interface RunOptions {
  out?: string;
  resume?: string;
  mockPort?: number;
  acceptChanges?: boolean;
  allowConcurrent?: boolean;
}

/** What is measured; shared by `plan`, `bench` and `flame`. */
export function cellOptions(): Option[] {
  return [
    new Option(
      '-g, --gateways <gateways>',
      'gateways, each name, name:variant, name@version or a set such as @today (default: @published)',
    ).argParser(namesParser('direct,portkey')),
    new Option('-s, --scenario <scenario>', 'its name, or a file').default('published'),
    new Option('--vus <list>', 'virtual users, such as 50,150').argParser(vusParser()),
    new Option(
      '--rate-per-sec <list>',
      'an open loop: requests a second, whatever the responses do, such as 500,1000',
    ).argParser(listParser(parseRates, '500,1000')),
    new Option(
      '--arrivals <how>',
      'of an open loop: evenly spaced, or at random times of the same rate (default: constant)',
    ).choices(Object.keys(ARRIVALS)),
    new Option(
      '--max-in-flight <n>',
      `of an open loop: more requests wait (default: ${DEFAULT_MAX_IN_FLIGHT})`,
    ).argParser((text) => parseWhole(text, { min: 1, max: MAX_VUS }, 'a number of requests')),
    new Option('--duration <time>', 'measured window, such as 60s').argParser(
      durationParser({ min: 0, max: MAX_DURATION_S }, true),
    ),
    new Option('--warmup <time>', 'load before the window').argParser(durationParser({ min: 0, max: MAX_WARMUP_S })),
    new Option('--repeats <n>', 'times to measure each cell').argParser((text) =>
      parseWhole(text, { min: 1, max: MAX_REPEATS }, 'a number of repeats'),
    ),
    new Option('--idle <time>', 'samples of the idle gateway before the load').argParser(durationParser(PAUSE)),
    new Option('--recovery <time>', 'samples of the gateway after the load').argParser(durationParser(PAUSE)),
    new Option('--cooldown <time>', 'pause between cells').argParser(durationParser(PAUSE)),
    new Option(
      '--upstream-latency <time>',
      "response time of the mock, such as 60ms or 'lognormal(p50=60ms,p99=200ms)'",
    ).argParser(parseLatency),
    new Option('--seed <n>', 'seed for the order of the gateways (default: random, recorded)').argParser((text) =>
      parseWhole(text, { min: 0, max: MAX_SEED }, 'a seed'),
    ),
    // Whoever looks for it says better what is wrong with another name.
    new Option('--engine <name>', 'load engine').choices(ENGINE_NAMES).argParser(String).default(DEFAULT_ENGINE),
    new Option('--runtime <name>', 'what gateways run in; gateways without an image always run as processes')
      .choices(Object.keys(RUNTIMES))
      .default('process'),
    new Option('--pin <cpus>', 'CPUs to pin to: auto, off, or such as load=0-1,gateway=2-7').default('auto'),
    new Option('--load-priority <how>', 'real-time priority for the mock upstream; auto: if it shares the CPUs')
      .choices(Object.keys(LOAD_PRIORITIES))
      .default('auto'),
    new Option('--no-calibration', "don't measure the machine's own speed before and after each cell"),
  ];
}

/** What {@link cellOptions} parse to. */
export interface CellOptions {
  gateways?: string[];
  scenario: string;
  vus?: number[];
  ratePerSec?: number[];
  arrivals?: GivenArrivals;
  maxInFlight?: number;
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
  loadPriority: RunRequest['loadPriority'];
  calibration: boolean;
}

/** The request that {@link cellOptions} make, on this machine and without profiles. */
export function cellRequest(options: CellOptions): RunRequest {
  const { gateways = [], scenario, seed, engine, runtime, pin, loadPriority, calibration } = options;
  return {
    scenario,
    overrides: {
      vus: options.vus,
      ratePerSec: options.ratePerSec,
      arrivals: options.arrivals,
      maxInFlight: options.maxInFlight,
      durationS: options.duration,
      warmupS: options.warmup,
      repeats: options.repeats,
      idleS: options.idle,
      recoveryS: options.recovery,
      cooldownS: options.cooldown,
      upstreamLatency: options.upstreamLatency,
    },
    gateways: gateways.length === 0 ? 'default' : gateways,
    seed,
    engine,
    runtime,
    pin,
    loadPriority,
    calibration,
    mockPort: null,
    aa: null,
    attached: null,
    until: null,
    flame: null,
    remoteLoad: null,
    upstreamHost: null,
  };
}
