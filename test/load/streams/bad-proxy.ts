import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to every stream that passes through it. */
export type BadHabit =
  /** Nothing: it passes on what comes as it comes. */
  | 'none'
  /** It sends nothing until it has all. */
  | 'buffers'
  /** It leaves the fifth frame out. */
  | 'drops'
  /** It leaves the fifth frame out and sends the sixth one twice: as many come as were sent. */
  | 'replaces'
  /** It sends the fifth frame and the sixth the other way round. */
  | 'swaps'
  /** It puts the text of the sixth frame into the fifth. */
  | 'joins'
  /** It sends its head, and waits for 40 ms. */
  | 'hesitates'
  /** It closes the connection behind the fifth frame. */
  | 'cuts';

export const HESITATION_MS = 40;

/** A proxy in front of an upstream whose streams are events of LF alone, one for each frame. */
export async function startBadProxy(upstream: string, habit: BadHabit): Promise<{ origin: string; close(): void }> {
  const server = createServer((request, response) => {
    // The engine leaves at the end of its window and the mock when the tests end, also in the middle of a stream.
    forward(request, response, upstream, habit).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function forward(request: IncomingMessage, response: ServerResponse, upstream: string, habit: BadHabit) {
  const body: Buffer[] = [];
  for await (const part of request) body.push(part as Buffer);
  const { method = 'POST', url = '/', headers } = request;
  const from = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(`${upstream}${url}`, { method, headers }, resolve).on('error', reject).end(Buffer.concat(body));
  });
  response.writeHead(from.statusCode ?? 502, { 'content-type': from.headers['content-type'] ?? 'text/plain' });
  if (habit === 'hesitates') {
    response.flushHeaders();
    await sleep(HESITATION_MS);
  }
  let frames = 0;
  let held: string | null = null;
  const all: string[] = [];
  const send = (event: string) => void (habit === 'buffers' ? all.push(event) : response.write(event));
  for await (const event of eventsOf(from)) {
    frames += 1;
    if (habit === 'cuts' && frames === 6) {
      response.destroy();
      return;
    }
    if ((habit === 'drops' || habit === 'replaces') && frames === 5) continue;
    if (habit === 'replaces' && frames === 6) send(event);
    if ((habit === 'swaps' || habit === 'joins') && frames === 5) {
      held = event;
    } else if (held !== null) {
      for (const each of habit === 'swaps' ? [event, held] : [joined(held, event)]) send(each);
      held = null;
    } else {
      send(event);
    }
  }
  response.end(all.join(''));
}

function joined(first: string, second: string): string {
  const textOf = (event: string) => /"content":"([^"]*)"/.exec(event)?.[1] ?? '';
  return first.replace(/"content":"[^"]*"/, `"content":"${textOf(first)}${textOf(second)}"`);
}

async function* eventsOf(from: IncomingMessage): AsyncGenerator<string> {
  let text = '';
  for await (const part of from.setEncoding('utf8')) {
    text += String(part);
    const events = text.split(/(?<=\n\n)/);
    text = events.at(-1)?.endsWith('\n\n') === true ? '' : (events.pop() ?? '');
    yield* events;
  }
}
