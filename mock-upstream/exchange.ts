import type { WireText } from './responses.js';

/** A request and its answer, in the line of those that came in on one connection. */
export class Exchange {
  /** The request that came in after this one. */
  following: Exchange | null = null;
  /** What of the answer is ready before its turn. */
  ready: WireText = '';
  /** The answer is given, or waits, in full. */
  answered = false;
  /** The client wants a `100 Continue` before it sends the body, and has not got it. */
  owesContinue = false;

  /**
   * @param keepAlive whether the connection stays open after the answer
   * @param headOnly the request was a HEAD
   */
  constructor(
    public keepAlive: boolean,
    readonly headOnly: boolean,
  ) {}

  /** The client has gone, or can't be answered any more: stop working for it. */
  abandon(): void {}
}
