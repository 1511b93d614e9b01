import {
  bodyFields,
  bytesOf,
  chunkOf,
  JSON_TYPE,
  LAST_CHUNK,
  responseHead,
  type Status,
  streamFields,
  type WireText,
} from '../responses.js';

/** What is sent, if nothing goes wrong. */
export type Reply =
  | { kind: 'whole'; status: Status; body: string | null; fields: string }
  | {
      kind: 'stream';
      contentType: string;
      fields: string;
      /** What is written at once, with a pause after each but the last; returns what ends the stream. */
      frames: Generator<string, string>;
      /** There is a pause before the end as well. */
      pauseBeforeEnd: boolean;
    };

/** How the sending of a reply ends. */
export type Ending =
  | 'complete'
  /** The connection is reset, or closed, or stays open with nothing more coming. */
  | 'reset'
  | 'close'
  | 'stall';

/** A whole response. @param share of the body that is sent, though its length is said to be all */
export function renderWhole(
  reply: Reply & { kind: 'whole' },
  keepAlive: boolean,
  headOnly: boolean,
  share: 'all' | 'half' = 'all',
): WireText {
  if (reply.body === null) return responseHead(reply.status, reply.fields, keepAlive);
  const body = bytesOf(reply.body);
  const head = responseHead(reply.status, bodyFields(JSON_TYPE, body.length) + reply.fields, keepAlive);
  if (headOnly) return head;
  return head + (share === 'all' ? body : body.slice(0, body.length >> 1));
}

/** Renders the parts of a stream. */
export class StreamRenderer {
  /** @param chunked false for HTTP/1.0: there, the end of the connection is the end of the stream */
  constructor(private readonly chunked: boolean) {}

  head({ contentType, fields }: Reply & { kind: 'stream' }, keepAlive: boolean): WireText {
    return responseHead(200, streamFields(contentType, this.chunked) + fields, keepAlive);
  }

  part(text: string): WireText {
    const bytes = bytesOf(text);
    return this.chunked && bytes !== '' ? chunkOf(bytes) : bytes;
  }

  end(text: string): WireText {
    return this.part(text) + (this.chunked ? LAST_CHUNK : '');
  }
}
