import { hasText } from '../lib/chat-response.js';
import { eventData } from '../lib/server-sent-events.js';

/** The empty line behind an event, with the end of its last line. */
const EVENT_ENDS = ['\n\n', '\r\n\r\n', '\r\r'].map((end) => Buffer.from(end));

/** Finds where the answer begins in a body that comes in pieces: at its first byte, or at a stream's first event with text. */
export class AnswerStart {
  /** Behind the last event that was looked at. */
  #from = 0;
  #found = false;

  constructor(private readonly stream: boolean) {}

  /** Begin another response. */
  reset(): void {
    this.#from = 0;
    this.#found = false;
  }

  /** Whether it has begun in bytes[0, length), which is the body so far. */
  foundIn(bytes: Buffer, length: number): boolean {
    if (!this.#found && length > this.#from) this.#found = this.stream ? this.#findText(bytes, length) : true;
    return this.#found;
  }

  #findText(bytes: Buffer, length: number): boolean {
    const unread = bytes.subarray(this.#from, length);
    let end = 0;
    for (const mark of EVENT_ENDS) {
      const at = unread.lastIndexOf(mark);
      if (at >= 0) end = Math.max(end, at + mark.length);
    }
    if (end === 0) return false;
    this.#from += end;
    return eventData(unread.toString('utf8', 0, end)).some(hasText);
  }
}
