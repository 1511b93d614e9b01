import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePprof } from '../../../src/profiles/formats/pprof/pprof.js';
import { exportSpeedscope } from '../../../src/profiles/formats/speedscope-export.js';
import { BROWSER_FLAGS, BROWSER_PATH } from '../../support/browser.js';

const RELEASE = 'node_modules/speedscope/dist/release';
const MIME: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

describe.skipIf(BROWSER_PATH === null)('an export in the real speedscope', () => {
  let server: Server;
  let browser: Browser;
  const exported = exportSpeedscope(
    parsePprof(gunzipSync(readFileSync('test/fixtures/profiles/go-pprof/cpu.pb.gz')), { title: 'A Go service, pprof' }),
  );

  const threads = readFileSync('test/fixtures/profiles/speedscope/threads.speedscope.json');

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
      if (path === '/profile.speedscope.json') return response.end(exported);
      if (path === '/threads.speedscope.json') return response.end(threads);
      response.setHeader('content-type', MIME[extname(path)] ?? 'application/octet-stream');
      try {
        response.end(readFileSync(join(RELEASE, path)));
      } catch {
        response.writeHead(404).end();
      }
      return response;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({ executablePath: BROWSER_PATH ?? '', args: BROWSER_FLAGS });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** The table of functions is text, where flame graphs are drawn on a canvas. */
  const openTable = async (file: string): Promise<{ page: Page; errors: string[] }> => {
    const { port } = server.address() as AddressInfo;
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${port}/index.html#profileURL=/${file}`);
    await page.getByText('Sandwich').click();
    return { page, errors };
  };

  it('shows its title, its functions and their shares, without an error', async () => {
    const { page, errors } = await openTable('profile.speedscope.json');
    const row = page.getByRole('row').filter({ hasText: 'runtime.lock2' }).first();
    await row.waitFor({ timeout: 20_000 });
    // go tool pprof -top: 640ms 19.16% flat.
    expect(await row.textContent()).toMatch(/640(\.00)?\s*ms.*19/s);
    expect(await page.title()).toContain('A Go service, pprof');
    expect(errors).toEqual([]);
  });

  it('reads the calls of a file as we do', async () => {
    const { page, errors } = await openTable('threads.speedscope.json');
    const row = page.getByRole('row').filter({ hasText: 'parse' }).first();
    await row.waitFor({ timeout: 20_000 });
    // Of the main thread alone, which is what speedscope shows at first: 2 ms and 4 ms, in the test of the parser.
    expect(await row.textContent()).toMatch(/6\.00ms.*6\.00ms/s);
    expect(errors).toEqual([]);
  });
});
