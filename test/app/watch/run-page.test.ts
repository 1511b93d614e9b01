import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveRun } from '../../../src/app/watch/live-run.js';
import { type RunPage, serveRunPage } from '../../../src/app/watch/run-page.js';
import { eventData } from '../../../src/lib/server-sent-events.js';
import { waitUntil } from '../../../src/lib/sleep.js';
import { freePort } from '../../support/free-port.js';
import { loadEvent, startedEvent, watchedRun } from '../../support/watched-run.js';

const PLAN = watchedRun();

let run: LiveRun;
let page: RunPage;
beforeEach(async () => {
  run = new LiveRun(PLAN);
  page = await serveRunPage(run, 0);
});
afterEach(() => page.close());

interface Answer {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Ask as a browser does that was led here under some name. */
function ask(url: string, { host, method = 'GET' }: { host?: string; method?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: host === undefined ? {} : { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** Read a run's events until they end. */
function reader(url: string) {
  let text = '';
  let ended = false;
  const asked = request(url, (response) => {
    response.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    response.once('end', () => {
      ended = true;
    });
  });
  asked.on('error', () => {});
  asked.end();
  return {
    events: () => eventData(text).map((data) => JSON.parse(data)),
    text: () => text,
    ended: () => ended,
    leave: () => asked.destroy(),
  };
}

const eventsUrl = () => page.url.replace('/?', '/events?');

describe('who may read a run’s page', () => {
  it('is whoever has the token, at this machine’s own names, also through a tunnel', async () => {
    const { port } = new URL(page.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost:8080', 'LOCALHOST']) {
      expect(await ask(page.url, { host }), host).toMatchObject({ status: 200 });
    }
  });

  it.each([
    ['without a token', (url: string) => url.replace(/token=.*/, '')],
    ['with a part of it', (url: string) => url.slice(0, -1)],
    ['with another', (url: string) => url.replace(/token=./, 'token=~')],
  ])('is nobody %s', async (_, changed) => {
    for (const url of [page.url, eventsUrl(), page.url.replace('/?', '/nothing?')]) {
      const { status, body } = await ask(changed(url));
      expect(status).toBe(403);
      expect(body).toContain('open the URL that gatebench has printed');
      expect(body).not.toContain(PLAN.scenario.title);
    }
  });

  it.each([
    'evil.example.com',
    'evil.example.com:80',
    '127.0.0.1.evil.example.com',
    '[::1]',
    '192.0.2.7',
    'localhost.',
  ])('is nobody who comes by the name "%s": a page of theirs could read it then', async (host) => {
    for (const url of [page.url, eventsUrl()]) {
      const { status, body } = await ask(url, { host });
      expect([400, 403]).toContain(status);
      expect(body).not.toContain(PLAN.scenario.title);
    }
  });

  it('can do nothing but read', async () => {
    expect(await ask(page.url, { method: 'POST' })).toMatchObject({ status: 405 });
    expect(await ask(page.url.replace('/?', '/other?'))).toMatchObject({ status: 404 });
    expect(await ask(page.url.replace('/?', '//?'))).toMatchObject({ status: expect.any(Number) });
  });

  it('has a token of its own at every start, which is no guess', async () => {
    const other = await serveRunPage(run, 0);
    await other.close();
    const tokens = [page.url, other.url].map((url) => new URL(url).searchParams.get('token') ?? '');
    expect(tokens[0]).not.toBe(tokens[1]);
    expect(tokens.every((token) => /^[\w-]{32}$/.test(token))).toBe(true);
  });

  it('is on loopback alone', async () => {
    expect(new URL(page.url).hostname).toBe('127.0.0.1');
    const { headers } = await ask(page.url);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('takes a given port, and says who has it where it is taken', async () => {
    const port = await freePort();
    const other = await serveRunPage(run, port);
    expect(new URL(other.url).port).toBe(String(port));
    await expect(serveRunPage(run, port)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^port ${port} of --watch is taken by PID \\d+`)),
      hint: 'give another port, or none: a free one is taken then',
    });
    await other.close();
  });
});

describe('a run’s events', () => {
  it('begin with all of it, then hold the parts that changed', async () => {
    const { events, leave } = reader(eventsUrl());
    expect(await waitUntil(() => events().length > 0, 20_000)).toBe(true);
    expect(Object.keys(events()[0])).toEqual(
      expect.arrayContaining(['head', 'grid', 'gates', 'progress', 'current', 'end']),
    );
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1'));
    run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { ratePerSec: 4_711 }));
    expect(await waitUntil(() => events().some(({ current }) => current?.load?.ratePerSec === 4_711), 20_000)).toBe(
      true,
    );
    run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { ratePerSec: 4_712 }));
    expect(await waitUntil(() => events().some(({ current }) => current?.load?.ratePerSec === 4_712), 20_000)).toBe(
      true,
    );
    expect(events().at(-1)).not.toHaveProperty('grid');
    leave();
  });

  it('come a few times a second at most', async () => {
    const { events, leave } = reader(eventsUrl());
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1'));
    const begun = performance.now();
    let sent = 0;
    await waitUntil(
      () => {
        run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { ratePerSec: ++sent }));
        return performance.now() - begun > 2_000;
      },
      20_000,
      undefined,
      5,
    );
    const seconds = (performance.now() - begun) / 1000;
    expect(events().length).toBeLessThanOrEqual(3 + 2 * seconds);
    expect(events().length).toBeLessThan(sent / 3);
    leave();
  });

  it('end with the run, for who reads them then and for who comes a moment later', async () => {
    const early = reader(eventsUrl());
    expect(await waitUntil(() => early.events().length > 0, 20_000)).toBe(true);
    run.end({ kind: 'interrupted', signal: 'SIGINT' });
    const late = reader(eventsUrl());
    for (const { events, text, ended } of [early, late]) {
      expect(await waitUntil(ended, 20_000)).toBe(true);
      expect(text()).toContain('event: end\n');
      expect(events().some(({ end }) => end?.kind === 'interrupted')).toBe(true);
    }
  });

  it('are cut off with the page, even where the run never said that it is over', async () => {
    const { events, ended } = reader(eventsUrl());
    expect(await waitUntil(() => events().length > 0, 20_000)).toBe(true);
    await page.close();
    expect(await waitUntil(ended, 20_000)).toBe(true);
  });

  it('are for some readers, not for any number', async () => {
    const readers = Array.from({ length: 16 }, () => reader(eventsUrl()));
    expect(await waitUntil(() => readers.every(({ events }) => events().length > 0), 20_000)).toBe(true);
    expect(await ask(eventsUrl())).toMatchObject({ status: 503 });
    for (const { leave } of readers) leave();
    expect(
      await waitUntil(async () => {
        const { events, leave } = reader(eventsUrl());
        await waitUntil(() => events().length > 0, 500);
        leave();
        return events().length > 0;
      }, 20_000),
    ).toBe(true);
  });
});
