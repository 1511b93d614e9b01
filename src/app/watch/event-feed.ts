import type { ServerResponse } from 'node:http';
import { Pacer } from '../../lib/pacer.js';
import type { RunView } from '../../watch/run-view.js';
import type { LiveRun } from './live-run.js';

/** Twice a second at most; once a second for the time that is left. */
const PACE = { minMs: 500, maxMs: 1_000 };
/** A browser that is this far behind is cut off, and asks again. */
const MAX_WAITING_BYTES = 1024 * 1024;
const RECONNECT_MS = 2_000;

/**
 * Server-sent events of a run. Each holds the parts of its view that have changed; the first of a reader holds all of
 * them. Nothing is done while nobody reads.
 */
export class EventFeed {
  readonly #readers = new Set<ServerResponse>();
  /** As it was sent last, by the part's name. */
  #sent = new Map<string, string>();
  readonly #pacer = new Pacer(() => this.#send(), PACE);
  readonly #unlisten: () => void;

  constructor(private readonly run: LiveRun) {
    this.#unlisten = run.onChange(() => {
      if (run.hasEnded) this.#end();
      else if (this.#readers.size > 0) this.#pacer.request();
    });
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Send events to a reader until it leaves or the run ends. */
  add(response: ServerResponse): void {
    const parts = new Map(Object.entries(this.run.view()).map(([name, part]) => [name, JSON.stringify(part)]));
    response.write(`retry: ${RECONNECT_MS}\n\n${dataOf(parts)}`);
    if (this.run.hasEnded) {
      response.end(LAST_EVENT);
      return;
    }
    if (this.#readers.size === 0) this.#sent = parts;
    this.#readers.add(response);
    response.once('close', () => {
      this.#readers.delete(response);
    });
    this.#pacer.request();
  }

  /** Send nothing more. */
  close(): void {
    this.#unlisten();
    this.#pacer.stop();
    for (const reader of this.#readers) reader.end();
  }

  #send(): void {
    if (this.#readers.size === 0) return;
    const changed = this.#changes(this.run.view());
    if (changed.size === 0) return;
    const text = dataOf(changed);
    for (const reader of this.#readers) {
      if (reader.writableLength > MAX_WAITING_BYTES) reader.destroy();
      else reader.write(text);
    }
  }

  #changes(view: RunView): Map<string, string> {
    const parts = Object.entries(view).map(([name, part]) => [name, JSON.stringify(part)] as const);
    const changed = new Map(parts.filter(([name, part]) => this.#sent.get(name) !== part));
    this.#sent = new Map(parts);
    return changed;
  }

  #end(): void {
    this.#send();
    for (const reader of this.#readers) reader.write(LAST_EVENT);
    this.close();
  }
}

/** The browser would ask again for ever. */
const LAST_EVENT = 'event: end\ndata: {}\n\n';

function dataOf(parts: ReadonlyMap<string, string>): string {
  return `data: {${[...parts].map(([name, part]) => `${JSON.stringify(name)}:${part}`).join(',')}}\n\n`;
}
