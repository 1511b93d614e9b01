import { InvalidArgumentError, Option } from 'commander';
import * as latency from '../../../common/latency.js';
import { DEFAULT_MOCK_PORT, type RunRequest } from '../../app/bench/run-request.js';
import { parseDurationS } from '../../lib/duration.js';
import { messageOf } from '../../lib/errors.js';
import type { EngineName } from '../../load/engines.js';
import { LATENCY_EXAMPLES } from '../../model/latency.js';
import type { RuntimeName } from '../../model/runtime.js';

// Spelled out rather than imported: --help shouldn't have to load engines and schemas. The types keep them complete.
const ENGINES: Record<EngineName, true> = { native: true, autocannon: true, k6: true, wrk: true };
const DEFAULT_ENGINE: EngineName = 'native';
const LOAD_PRIORITIES: Record<RunRequest['loadPriority'], true> = { auto: true, realtime: true, off: true };
const RUNTIMES: Record<RuntimeName, true> = { process: true, docker: true, podman: true };

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

/** A whole number of at least `min`. */
export function parseWhole(text: string, min: number, what: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(`"${text}" is not ${what}: write a whole number of at least ${min}`);
  }
  return value;
}

/** A duration in seconds; `min` in seconds too. */
export function durationParser(name: string, min: number, exclusive = false): (text: string) => number {
  return (text) => {
    let seconds: number;
    try {
      seconds = parseDurationS(text, name);
    } catch (error) {
      throw new InvalidArgumentError(`${messageOf(error)}: write it with a unit, such as 60s, 1m30s or 500ms`);
    }
    if (seconds < min || (exclusive && seconds === min)) {
      throw new InvalidArgumentError(
        `${text} is too short: it must be ${exclusive ? 'more than' : 'at least'} ${min} s`,
      );
    }
    return seconds;
  };
}

/** A latency as the mock takes it; it stays text. */
function parseLatency(text: string): string {
  if (!latency.LATENCY_PATTERN.test(text) || !latency.parseLatency(text).ok) {
    throw new InvalidArgumentError(`"${text}" is not a latency: write ${LATENCY_EXAMPLES}`);
  }
  return text;
}

/** Options that several verbs share. */
export const jsonOption = () => new Option('--json', 'print data as JSON instead of text');
export const gatewaysDirOption = () =>
  new Option('--gateways-dir <dir>', "folder of gateway manifests (default: gatebench's own)");

export const allowConcurrentOption = () =>
  new Option('--allow-concurrent', 'measure although something else is being measured on this machine');

/** Where a run's results go and how it is driven. */
export function runOptions(): Option[] {
  return [
    new Option('-o, --out <dir>', 'parent folder of the run (default: results)'),
    new Option('--resume <run>', 'resume a run: measure the cells that have no result or failed'),
    new Option('--mock-port <port>', `port of the mock upstream (default: ${DEFAULT_MOCK_PORT})`).argParser((text) =>
      parseWhole(text, 1, 'a port'),
    ),
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
    new Option('-g, --gateways <list>', 'gateways, each name or name:variant (default: all)').argParser(parseList),
    new Option('-s, --scenario <name>', 'scenario name or file').default('published'),
    new Option('--vus <list>', 'virtual users, such as 50,150').argParser(parseVus),
    new Option('--duration <time>', 'measured window, such as 60s').argParser(durationParser('--duration', 0, true)),
    new Option('--warmup <time>', 'load before the window').argParser(durationParser('--warmup', 0)),
    new Option('--repeats <n>', 'times to measure each cell').argParser((text) =>
      parseWhole(text, 1, 'a number of repeats'),
    ),
    new Option('--idle <time>', 'samples of the idle gateway before the load').argParser(durationParser('--idle', 0)),
    new Option('--recovery <time>', 'samples of the gateway after the load').argParser(durationParser('--recovery', 0)),
    new Option('--cooldown <time>', 'pause between cells').argParser(durationParser('--cooldown', 0)),
    new Option(
      '--upstream-latency <time>',
      "response time of the mock, such as 60ms or 'lognormal(p50=60ms,p99=200ms)'",
    ).argParser(parseLatency),
    new Option('--seed <n>', 'seed for the order of the gateways (default: random, recorded)').argParser((text) =>
      parseWhole(text, 0, 'a seed'),
    ),
    new Option('--engine <name>', `load engine: ${Object.keys(ENGINES).join(', ')}`).default(DEFAULT_ENGINE),
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
      durationS: options.duration,
      warmupS: options.warmup,
      repeats: options.repeats,
      idleS: options.idle,
      recoveryS: options.recovery,
      cooldownS: options.cooldown,
      upstreamLatency: options.upstreamLatency,
    },
    gateways: gateways.length === 0 ? 'all' : gateways,
    seed,
    engine,
    runtime,
    pin,
    loadPriority,
    calibration,
    flame: null,
    remoteLoad: null,
    upstreamHost: null,
  };
}
