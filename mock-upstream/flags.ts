import { parseLatency } from '../common/latency.js';
import { MAX_CHUNK_DELAY_MS, MAX_SEED } from '../common/upstream-limits.js';
import { DEFAULTS, type Options } from './options.js';

export type ParsedFlags =
  | { kind: 'options'; options: Options }
  | { kind: 'help' }
  /** `message` is one sentence that names the flag and the value. */
  | { kind: 'error'; message: string };

/** Sets one option, or says why the value won't do. */
type Setter = (options: Options, value: string) => string | null;

const MAX_PROCESSES = 256;
const MAX_HEARTBEAT_S = 3600;

const VALUE_FLAGS = new Map<string, Setter>([
  ['port', wholeNumber(0, 65_535, (options, port) => Object.assign(options, { port }))],
  ['processes', wholeNumber(1, MAX_PROCESSES, (options, processes) => Object.assign(options, { processes }))],
  [
    'stream-chunk-delay-ms',
    wholeNumber(0, MAX_CHUNK_DELAY_MS, (options, streamChunkDelayMs) => Object.assign(options, { streamChunkDelayMs })),
  ],
  ['seed', wholeNumber(0, MAX_SEED, (options, seed) => Object.assign(options, { seed }))],
  ['heartbeat-s', wholeNumber(1, MAX_HEARTBEAT_S, (options, heartbeatS) => Object.assign(options, { heartbeatS }))],
  ['latency', setLatency],
  ['models', setModels],
  ['host', setHost],
  ['record', setRecordFile],
]);

/**
 * Parse the flags as Go's flag package does: `-name value`, `-name=value`, and both with two dashes; the last one wins.
 * @param argv without the program
 */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  const options: Options = { ...DEFAULTS };
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument);
    if (!match) return error(`"${argument}" is not a flag: flags look like -port 9000 or --port=9000`);
    const [, name = '', inlineValue] = match;
    if (name === 'help' || name === 'h') return { kind: 'help' };
    if (name === 'quiet') {
      const quiet = goBoolean(inlineValue ?? 'true');
      if (quiet === null) return error(`-quiet is true or false, not "${inlineValue}"`);
      options.quiet = quiet;
      continue;
    }
    const set = VALUE_FLAGS.get(name);
    if (!set) return error(`there is no flag -${name}`);
    const value = inlineValue ?? argv[++i];
    if (value === undefined) return error(`-${name} needs a value`);
    const complaint = set(options, value);
    if (complaint !== null) return error(`-${name} can't be "${value}": ${complaint}`);
  }
  return { kind: 'options', options };
}

function error(message: string): ParsedFlags {
  return { kind: 'error', message };
}

function wholeNumber(least: number, most: number, set: (options: Options, value: number) => void): Setter {
  return (options, text) => {
    const value = /^[-+]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) return `it is a whole number from ${least} to ${most}`;
    set(options, value);
    return null;
  };
}

function setLatency(options: Options, text: string): string | null {
  const parsed = parseLatency(text);
  if (!parsed.ok) return parsed.why;
  options.latency = parsed.model;
  options.latencyText = text;
  return null;
}

function setHost(options: Options, text: string): string | null {
  if (text === '') return 'it names an address to listen on, such as 127.0.0.1 or 0.0.0.0';
  options.host = text;
  return null;
}

function setModels(options: Options, text: string): string | null {
  const models = text.split(',').map((model) => model.trim());
  if (models.includes('')) return 'it names models, with commas between them';
  options.models = models;
  return null;
}

function setRecordFile(options: Options, text: string): string | null {
  if (text === '') return 'it names a file to write';
  options.recordFile = text;
  return null;
}

/** The spellings that Go's `strconv.ParseBool` takes. */
function goBoolean(text: string): boolean | null {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  return null;
}
