import { answerPart } from '../../lib/chat-response.js';

/** Looks for the first event with content in a stream, as its parts come in. */
export class FirstContent {
  #line = '';
  #found = false;

  /** @returns whether the first content has come with this part */
  feed(text: string): boolean {
    if (this.#found) return false;
    const lines = (this.#line + text).split(/\r\n|\n|\r/);
    // An event's data is one line with every provider of this API; what isn't whole yet waits.
    this.#line = lines.pop() ?? '';
    this.#found = lines.some((line) => line.startsWith('data:') && answerPart(line.slice(5).trim()) !== null);
    return this.#found;
  }
}
