import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER_FLAGS, BROWSER_PATH } from '../support/browser.js';
import { cli } from '../support/cli.js';
import { dayFacts, recordsOfDays, STEP_RATES, versionOfStep } from '../support/histories.js';
import { writePlantedRun } from '../support/planted.js';
import { writeRun } from '../support/run-folders.js';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.md': 'text/plain',
  '.csv': 'text/csv',
};
/** GitHub Pages serves a project below its name. */
const BASE = '/project/';

describe.skipIf(BROWSER_PATH === null)('a published site in a browser', () => {
  let folder: string;
  let site: string;
  let server: Server;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    site = join(folder, 'site');
    const runs = join(folder, 'runs');
    for (const [at, records] of recordsOfDays('kong', STEP_RATES, versionOfStep).entries()) {
      await writeRun(runs, records, dayFacts(at + 1));
    }
    await writePlantedRun(runs);
    const { exitCode, stderr } = await cli(['publish', site, runs]);
    expect(stderr).toContain('21 runs');
    expect(exitCode).toBe(0);
    server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname);
      const file = join(site, path.slice(BASE.length), path.endsWith('/') ? 'index.html' : '');
      if (!path.startsWith(BASE) || !existsSync(file)) {
        response.writeHead(404).end();
        return;
      }
      readFile(file).then((content) =>
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content),
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: BROWSER_PATH ?? '', args: BROWSER_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page, with all that must not happen on it. */
  async function open(path: string, options: { dark?: boolean; width?: number } = {}) {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark ? 'dark' : 'light',
    });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}${BASE}`) && !url.startsWith('data:')) complaints.push(`asked for ${url}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} for ${response.url()}`);
    });
    await page.goto(`${origin}${BASE}${path}`);
    return { page, complaints };
  }

  const linksOf = (page: Page) =>
    page.evaluate<string[]>("[...document.querySelectorAll('a[href]')].map(({ href }) => href)");

  it('resolves every link, complains of nothing, and asks nobody else', async () => {
    const waiting = [''];
    const seen = new Set(waiting);
    const files = new Set<string>();
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const { page, complaints } = await open(path);
      expect(complaints, path).toEqual([]);
      for (const href of await linksOf(page)) {
        expect(href, `a link on ${path}`).toMatch(new RegExp(`^${origin}${BASE}`));
        const target = href.slice(`${origin}${BASE}`.length).replace(/[#?].*$/, '');
        expect(existsSync(join(site, decodeURIComponent(target))), `${target}, on ${path}`).toBe(true);
        if (!target.endsWith('.html')) files.add(target);
        else if (!seen.has(target)) {
          seen.add(target);
          waiting.push(target);
        }
      }
      await page.close();
    }
    expect([...seen].filter((path) => /^runs\/.+\/index\.html$/.test(path))).toHaveLength(21);
    expect([...seen].filter((path) => path.endsWith('/flame.html'))).toHaveLength(1);
    expect(files.size).toBeGreaterThan(21);
  });

  const pages = ['index.html', 'runs/index.html', 'gateways/index.html', 'gateways/kong.html', 'history/index.html'];

  it.each(pages.flatMap((path) => [[path, false] as const, [path, true] as const]))(
    'has nothing serious against %s for axe (dark: %s)',
    async (path, dark) => {
      const { page, complaints } = await open(path, { dark });
      // Not as a script of the page, which its policy forbids.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it.each(pages)('fits %s on a phone: only tables and charts scroll', async (path) => {
    const { page } = await open(path, { width: 375 });
    const width = (of: string) => page.evaluate<number>(`document.documentElement.${of}`);
    expect(await width('scrollWidth')).toBeLessThanOrEqual(await width('clientWidth'));
    await page.close();
  });

  it('can be used by the keyboard alone', async () => {
    const { page } = await open('index.html');
    const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    for (const entry of ['Overview', 'Runs', 'Gateways']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(entry);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/gateways\/index\.html$/);
    expect(await page.locator('nav a[aria-current]').textContent()).toBe('Gateways');
    await page.close();
  });

  it('draws a gateway’s runs, its levels and the change between them', async () => {
    const { page } = await open('gateways/kong.html');
    const chart = page.locator('svg.trend').first();
    expect(await chart.locator('.point').count()).toBe(20);
    expect(await chart.locator('.level').count()).toBe(2);
    expect(await chart.locator('text.mark').textContent()).toBe('▲ +10.1 %');
    const heightOf = async (level: number) => Number(await chart.locator('.level').nth(level).getAttribute('y1'));
    expect(await heightOf(1)).toBeLessThan(await heightOf(0));
    await page.close();
  });
});
