import { createRequire } from 'node:module';

/** What a parser made of bytes. */
export type Reading =
  | { kind: 'complete'; status: number; body: string; keepAlive: boolean }
  | { kind: 'refused' }
  | { kind: 'more' };

type Callbacks = Record<number, unknown>;
interface NodeParser extends Callbacks {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): unknown;
  finish(): unknown;
}
interface NodeParserClass {
  new (): NodeParser;
  RESPONSE: number;
  kOnHeadersComplete: number;
  kOnBody: number;
  kOnMessageComplete: number;
}

/** Node's own (llhttp), the one under `node:http`: it has no other public door. */
const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { HTTPParser: NodeParserClass };

/** Read one response, skipping interim ones, with Node's parser. */
export function readWithNode(pieces: Buffer[], ended: boolean): Reading {
  const parser = new HTTPParser();
  let status = 0;
  let keepAlive = false;
  let complete = false;
  const body: Buffer[] = [];
  parser.initialize(HTTPParser.RESPONSE, {});
  parser[HTTPParser.kOnHeadersComplete] = (...args: unknown[]) => {
    if (complete) return;
    status = Number(args[5]);
    keepAlive = args[8] === true;
  };
  parser[HTTPParser.kOnBody] = (bytes: Buffer) => {
    if (!complete) body.push(Buffer.from(bytes));
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (status >= 200) complete = true;
  };
  for (const piece of pieces) {
    const result = parser.execute(piece);
    if (complete) break;
    if (result instanceof Error) return { kind: 'refused' };
  }
  if (!complete && ended && parser.finish() instanceof Error) return { kind: 'refused' };
  if (!complete) return { kind: 'more' };
  return { kind: 'complete', status, body: Buffer.concat(body).toString('hex'), keepAlive };
}
