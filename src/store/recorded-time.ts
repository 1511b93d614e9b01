import { UsageError } from '../lib/errors.js';
import { isObject } from '../lib/json-value.js';

/** Milliseconds of one unit of each field's numbers, by the trace or API that has it; any of them may hold a date instead. */
const TIME_FIELDS: Record<string, number> = {
  // Mooncake's traces, and AIPerf's.
  timestamp: 1,
  // OpenAI's objects.
  created: 1000,
  // BurstGPT's columns.
  Timestamp: 1000,
  // Azure's columns.
  TIMESTAMP: 1,
};

/** What is in this range and counted in milliseconds lies 11 days after a beginning, and in seconds between 2001 and 2286. */
const EPOCH_S = { from: 1e9, to: 1e10 };

const DATE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?$/;

const TIMES =
  'give each line a "timestamp" in milliseconds or as a date such as 2026-01-31T12:00:00.5Z, or "created" in seconds';

/** Reads when the requests of a file came, line after line. */
export class RecordedTimes {
  #firstMs: number | null = null;
  #last: { ms: number; text: string } | null = null;

  /**
   * @param line as JSON
   * @param where the line is, for errors
   * @returns milliseconds since the first line
   * @throws UsageError for a line without a time, with none that can be read, or with an earlier one than the line before
   */
  next(line: unknown, where: string): number {
    const { ms, text } = timeOf(line, where);
    if (this.#last !== null && ms < this.#last.ms) {
      throw new UsageError(
        `${where}: its time goes backwards: ${text} after ${this.#last.text}`,
        'sort the lines by their times',
      );
    }
    this.#last = { ms, text };
    this.#firstMs ??= ms;
    return ms - this.#firstMs;
  }
}

function timeOf(line: unknown, where: string): { ms: number; text: string } {
  const fields = isObject(line) ? line : {};
  const field = Object.keys(TIME_FIELDS).find((name) => fields[name] !== undefined);
  if (field === undefined) {
    throw new UsageError(`${where}: has no time, and the scenario replays recorded arrivals`, TIMES);
  }
  const value = fields[field];
  const ms =
    typeof value === 'number' ? value * (TIME_FIELDS[field] ?? 1) : typeof value === 'string' ? dateMs(value) : null;
  const text = JSON.stringify(value);
  if (ms === null || !Number.isFinite(ms) || ms < 0) {
    throw new UsageError(`${where}: "${field}" is ${text}, which is neither a number nor a date`, TIMES);
  }
  if (typeof value === 'number' && TIME_FIELDS[field] === 1 && value >= EPOCH_S.from && value < EPOCH_S.to) {
    throw new UsageError(
      `${where}: "${field}" is ${text}, which looks like seconds since 1970, and is counted in milliseconds`,
      'call the field "created", whose numbers are seconds, or multiply them by 1000',
    );
  }
  return { ms, text };
}

/** Without a zone it is UTC. Null for what is no date. */
function dateMs(text: string): number | null {
  const [, day, time, fraction = '', zone = 'Z'] = DATE.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(ms) ? null : ms + Number(`0${fraction}`) * 1000;
}
