import { closeSync, openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const RECORD_HEADER = 'arrived_us,drawn_us,actual_us\n';

/** About 3 KB: formatted and written in some 50 us, where a second's worth at once would delay responses. */
const LINES_AT_ONCE = 128;

/** The record's file can't be written. The message says which, and why. */
export class RecordFailure extends Error {
  override readonly name = 'RecordFailure';
}

/** Create or empty a record file, before any process appends to it. @throws RecordFailure */
export function startRecordFile(path: string): void {
  const file = open(path, 'w');
  writeSync(file, RECORD_HEADER);
  closeSync(file);
}

/**
 * Records every delay, as lines of CSV in whole microseconds:
 *
 *   arrived_us  when the request was complete, on the machine's monotonic clock (`process.hrtime`)
 *   drawn_us    the delay that was drawn
 *   actual_us   the time until the response was written
 *
 * Several processes can append to one file: each write is whole lines.
 */
export class DelayRecord {
  readonly #file: number;
  readonly #pendingMs = new Float64Array(LINES_AT_ONCE * 3);
  #pending = 0;
  /** What to add to `performance.now()` to be on the clock that all processes share. */
  readonly #clockOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

  /** @throws RecordFailure */
  constructor(path: string) {
    this.#file = open(path, 'a');
  }

  /** All in milliseconds; `arrivedMs` on `performance.now()`. */
  add(arrivedMs: number, drawnMs: number, actualMs: number): void {
    const at = 3 * this.#pending++;
    this.#pendingMs[at] = arrivedMs;
    this.#pendingMs[at + 1] = drawnMs;
    this.#pendingMs[at + 2] = actualMs;
    if (this.#pending === LINES_AT_ONCE) this.flush();
  }

  /** Write the delays that are still in memory. */
  flush(): void {
    let lines = '';
    for (let at = 0; at < 3 * this.#pending; at += 3) {
      const [arrivedMs = 0, drawnMs = 0, actualMs = 0] = this.#pendingMs.subarray(at, at + 3);
      lines += `${Math.round((arrivedMs + this.#clockOffsetMs) * 1000)},${Math.round(drawnMs * 1000)},${Math.round(actualMs * 1000)}\n`;
    }
    this.#pending = 0;
    if (lines !== '') writeSync(this.#file, lines);
  }
}

function open(path: string, mode: 'w' | 'a'): number {
  try {
    return openSync(path, mode);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordFailure(`can't record delays: ${why}; choose another file with --record`, { cause: error });
  }
}
