import type { Status } from '../responses.js';

/** What else an error says, where its dialect has a place for it. */
export interface ErrorDetails {
  /** The field that is wrong. */
  param?: string;
  /** OpenAI's word for the error. */
  code?: string;
  /** When to try again: sent as `Retry-After`, in whole seconds, and as `retry-after-ms`. */
  retryAfterMs?: number;
  /** More headers, each ending with CR LF. */
  fields?: string;
}

/** A request is answered with an error, in the form of its dialect. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: Status,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }
}
