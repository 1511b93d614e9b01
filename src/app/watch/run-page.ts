import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExpectedError, errorCode, messageOf } from '../../lib/errors.js';
import { pageAssets } from '../../lib/page-assets.js';
import { describeListeners } from '../../lib/port-check.js';
import { sha256 } from '../../lib/sha256.js';
import { inElement, watchPage } from '../../watch/watch-page.js';
import { EventFeed } from './event-feed.js';
import type { LiveRun } from './live-run.js';

/** A page that shows a run while it goes on. */
export interface RunPage {
  /** With the token that it takes. */
  url: string;
  /** Let readers have what was sent, and stop. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/**
 * Any other name in the Host header is one that somebody let point here, to read the page from a site of theirs. The
 * port is free: a tunnel has one of its own.
 */
const OWN_HOSTS: readonly string[] = [LOOPBACK, 'localhost'];
const TOKEN_BYTES = 24;
const MAX_READERS = 16;
/** For the last event to leave. */
const CLOSE_GRACE_MS = 1_000;

/** Of the page and of every refusal. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/**
 * Serve a page of a run on loopback, to whoever has its token.
 * @param port 0 for any that is free
 * @throws ExpectedError if it can't be listened on
 */
export async function serveRunPage(run: LiveRun, port: number): Promise<RunPage> {
  const { script, style } = await pageAssets('watch-page');
  const assets = { script: inElement(script), style: inElement(style) };
  const policy = policyFor(assets);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const feed = new EventFeed(run);
  const server = createServer((request, response) => {
    const answer = refusalOf(request, token);
    if (answer !== null) {
      response.writeHead(answer.status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(`${answer.text}\n`);
      return;
    }
    const { pathname } = urlOf(request);
    if (pathname === '/events') serveEvents(feed, response);
    else servePage(watchPage(run.view(), assets), policy, response);
  });
  const actual = await listen(server, port);
  return {
    url: `http://${LOOPBACK}:${actual}/?token=${token}`,
    close: async () => {
      feed.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

/** Why a request isn't answered; null if it is. */
function refusalOf(request: IncomingMessage, token: string): { status: number; text: string } | null {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!OWN_HOSTS.includes(host)) return { status: 403, text: `this page is served to ${OWN_HOSTS.join(' and ')} only` };
  const { pathname, searchParams } = urlOf(request);
  if (!isSame(searchParams.get('token') ?? '', token)) {
    return { status: 403, text: 'the token is missing or wrong: open the URL that gatebench has printed' };
  }
  if (request.method !== 'GET') return { status: 405, text: 'only GET' };
  if (pathname !== '/' && pathname !== '/events') return { status: 404, text: 'there is nothing here' };
  return null;
}

/** Of what was asked for; the root where that is no URL. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = `http://${LOOPBACK}`;
  return URL.canParse(url, base) ? new URL(url, base) : new URL(base);
}

/** In a time that doesn't depend on where they differ. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(token)));
}

/** The page's own script and style, and its own events: nothing else runs or is asked for, whatever a title says. */
function policyFor({ script, style }: { script: string; style: string }): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function servePage(html: string, policy: string, response: ServerResponse): void {
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy,
  });
  response.end(html);
}

function serveEvents(feed: EventFeed, response: ServerResponse): void {
  if (feed.readers >= MAX_READERS) {
    response.writeHead(503, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('too many browsers read this run already\n');
    return;
  }
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
  feed.add(response);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', (error) => reject(listenError(error, port)));
    server.listen({ port, host: LOOPBACK }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('a TCP server has no port'));
      else resolve(address.port);
    });
  });
}

function listenError(error: Error, port: number): ExpectedError {
  const taken = errorCode(error) === 'EADDRINUSE';
  return new ExpectedError(
    taken
      ? `port ${port} of --watch is taken by ${describeListeners(port)}`
      : `--watch can't listen on port ${port}: ${messageOf(error)}`,
    'give another port, or none: a free one is taken then',
    undefined,
    { cause: error },
  );
}
