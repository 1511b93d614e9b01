import { hasText } from '../lib/chat-response.js';
import { eventData } from '../lib/server-sent-events.js';
import { BodyTemplate } from './body-template.js';

/**
 * Tells a stream's events with text from others, for all VUs of a worker. First events are much alike: one that differs
 * from the last one with text only in values that vary (an id, a time) isn't parsed.
 */
export class TextEvents {
  #template: BodyTemplate | null = null;
  #length = 0;

  /** Whether the event in bytes[from, to) has text. */
  has(bytes: Buffer, from: number, to: number): boolean {
    const template = this.#length === to - from ? this.#template : null;
    if (template?.matches(bytes, from)) return true;
    if (!eventData(bytes.toString('utf8', from, to)).some(hasText)) return false;
    if (template?.learn(bytes, from)) return true;
    this.#template = new BodyTemplate(bytes, from, to, true);
    this.#length = to - from;
    return true;
  }
}

/** The empty line behind an event, with the end of its last line. */
const EVENT_ENDS = ['\n\n', '\r\n\r\n', '\r\r'].map((end) => Buffer.from(end));

/** Finds where the answer begins in a body that comes in pieces: at its first byte, or at a stream's first event with text. */
export class AnswerStart {
  /** Behind the last event that was looked at. */
  #from = 0;
  #found = false;

  /** @param textEvents null where the body is no stream */
  constructor(private readonly textEvents: TextEvents | null) {}

  /** Begin another response. */
  reset(): void {
    this.#from = 0;
    this.#found = false;
  }

  /** Whether it has begun in bytes[0, length), which is the body so far. */
  foundIn(bytes: Buffer, length: number): boolean {
    if (this.#found || length <= this.#from) return this.#found;
    this.#found = this.textEvents === null || this.#findText(this.textEvents, bytes, length);
    return this.#found;
  }

  #findText(textEvents: TextEvents, bytes: Buffer, length: number): boolean {
    for (;;) {
      const from = this.#from;
      const end = endOfEvent(bytes.subarray(from, length));
      if (end === 0) return false;
      this.#from += end;
      if (textEvents.has(bytes, from, this.#from)) return true;
    }
  }
}

/** @returns the offset behind the first event; 0 where it is incomplete */
function endOfEvent(bytes: Buffer): number {
  let end = 0;
  for (const mark of EVENT_ENDS) {
    const at = bytes.indexOf(mark);
    if (at >= 0 && (end === 0 || at + mark.length < end)) end = at + mark.length;
  }
  return end;
}
