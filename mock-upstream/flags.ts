import { parseLatency } from '../common/latency.js';
import { MAX_CHUNK_DELAY_MS, MAX_SEED } from '../common/upstream-limits.js';
import { API_FLAGS } from './api/flags.js';
import { contradiction } from './api/options.js';
import { goBoolean, type Setter, wholeNumber } from './flag-setters.js';
import { DEFAULTS, type Options } from './options.js';

export type ParsedFlags =
  | { kind: 'options'; options: Options }
  | { kind: 'help' }
  /** `message` is one sentence that names the flag and the value. */
  | { kind: 'error'; message: string };

const MAX_PROCESSES = 256;
const MAX_HEARTBEAT_S = 3600;

const VALUE_FLAGS = new Map<string, Setter<Options>>([
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
  ['tls-cert', fileSetter('tlsCert')],
  ['tls-key', fileSetter('tlsKey')],
  ...[...API_FLAGS].map(([name, set]): [string, Setter<Options>] => [name, ({ api }, value) => set(api, value)]),
]);

/** Flags that are true without a value. */
const BOOLEAN_FLAGS = new Map<string, (options: Options, value: boolean) => void>([
  ['quiet', (options, quiet) => Object.assign(options, { quiet })],
  ['log', ({ api }, log) => Object.assign(api, { log })],
  ['faults-from-reset', ({ api }, faultsFromReset) => Object.assign(api, { faultsFromReset })],
]);

/** Whether a flag takes a value; null where there is no such flag. */
export function takesValue(name: string): boolean | null {
  if (BOOLEAN_FLAGS.has(name)) return false;
  return VALUE_FLAGS.has(name) ? true : null;
}

/**
 * Parse the flags as Go's flag package does: `-name value`, `-name=value`, and both with two dashes; the last one wins.
 * @param argv without the program
 */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  const options: Options = { ...DEFAULTS, api: { ...DEFAULTS.api } };
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument);
    if (!match) return error(`"${argument}" is not a flag: flags look like -port 9000 or --port=9000`);
    const [, name = '', inlineValue] = match;
    if (name === 'help' || name === 'h') return { kind: 'help' };
    const setBoolean = BOOLEAN_FLAGS.get(name);
    if (setBoolean) {
      const value = goBoolean(inlineValue ?? 'true');
      if (value === null) return error(`-${name} is true or false, not "${inlineValue}"`);
      setBoolean(options, value);
      continue;
    }
    const set = VALUE_FLAGS.get(name);
    if (!set) return error(`there is no flag -${name}`);
    const value = inlineValue ?? argv[++i];
    if (value === undefined) return error(`-${name} needs a value`);
    const complaint = set(options, value);
    if (complaint !== null) return error(`-${name} can't be "${value}": ${complaint}`);
  }
  const complaint = loneTlsFile(options) ?? contradiction(options.api, options.processes);
  return complaint === null ? { kind: 'options', options } : error(complaint);
}

function error(message: string): ParsedFlags {
  return { kind: 'error', message };
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

function fileSetter(name: 'tlsCert' | 'tlsKey'): Setter<Options> {
  return (options, text) => {
    if (text === '') return 'it names a PEM file';
    options[name] = text;
    return null;
  };
}

/** A certificate is of no use without its key, nor the key without it. */
function loneTlsFile({ tlsCert, tlsKey }: Options): string | null {
  if ((tlsCert === null) === (tlsKey === null)) return null;
  return tlsKey === null
    ? '-tls-cert needs -tls-key: the file with the key of the certificate'
    : '-tls-key needs -tls-cert: the file with the certificate of the key';
}

function setRecordFile(options: Options, text: string): string | null {
  if (text === '') return 'it names a file to write';
  options.recordFile = text;
  return null;
}
