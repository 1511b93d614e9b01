import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/lib/sleep.js';
import { BROWSER_FLAGS, BROWSER_PATH } from '../support/browser.js';
import { cli, startCli } from '../support/cli.js';
import { type DirectBench, directBench } from '../support/direct-bench.js';
import { freePort } from '../support/free-port.js';

const WAIT_MS = 60_000;

describe.skipIf(BROWSER_PATH === null)('bench --watch in a browser', () => {
  let browser: Browser;
  let bench: DirectBench;
  beforeAll(async () => {
    bench = await directBench({ vus: [5, 10], warmupS: 1, durationS: 5 });
    browser = await chromium.launch({ executablePath: BROWSER_PATH ?? '', args: BROWSER_FLAGS });
  });
  afterAll(async () => {
    await browser.close();
    await bench.remove();
  });

  /** Start a run, and open its page. */
  async function opened(options: { dark?: boolean; width?: number } = {}) {
    const running = startCli([...bench.args, '--watch']);
    const url = () => /watch the run at (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+)/.exec(running.stderr())?.[1];
    expect(await waitUntil(() => url() !== undefined || running.child.exitCode !== null, WAIT_MS)).toBe(true);
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark === true ? 'dark' : 'light',
    });
    const complaints: string[] = [];
    const strangers: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const origin = new URL(url() ?? '').origin;
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin && !request.url().startsWith('data:')) strangers.push(request.url());
    });
    await page.goto(url() ?? '');
    await page.waitForSelector('html[data-ready]', { state: 'attached', timeout: WAIT_MS });
    return { running, page, complaints, strangers };
  }

  const shows = (page: Page, selector: string, text: RegExp) =>
    waitUntil(async () => text.test((await page.locator(selector).textContent()) ?? ''), WAIT_MS);
  /** What axe finds that keeps somebody from using the page. */
  const barriers = async (page: Page) => {
    await page.evaluate(axe.source);
    const found: AxeResults = await page.evaluate('axe.run()');
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  };

  it.each([{ dark: false }, { dark: true, width: 390 }])(
    'shows the run as it goes on, and stays when it is over (%o)',
    async (options) => {
      const { running, page, complaints, strangers } = await opened(options);
      expect(await page.locator('h1').textContent()).toBe('A short look');
      expect(await shows(page, '#current-name', /direct, 5 VUs/)).toBe(true);
      expect(await shows(page, '#current-doing', /window 2 of 5 s/)).toBe(true);
      expect(await page.locator('#rate-now').textContent()).toMatch(/^[\d,]+ req\/s$/);
      expect(await page.locator('#p99-now').textContent()).toMatch(/^[\d.]+ ms$/);
      expect(await page.locator('#rate-chart path.window').getAttribute('d')).toMatch(
        /^(?:M[\d. ]+v-[\d.]+h[\d.]+V200z)+$/,
      );
      expect(await page.locator('#progress-label').textContent()).toMatch(/^0 of 2 cells · \d+ s left, until /);
      expect(await barriers(page)).toEqual([]);
      expect(await shows(page, '#grid tbody tr', /^direct\(?\d.*[✓!](?:ok|invalid) /)).toBe(true);
      expect(await page.locator('#gates tbody tr').count()).toBeGreaterThan(5);
      const { exitCode, stderr } = await running.done;
      expect(exitCode, stderr).toBe(0);
      expect(await shows(page, '#status', /^This run is over: finished in \d+ s \(\d (ok|invalid)/)).toBe(true);
      // gatebench is gone, and the page is as it was.
      expect(await page.locator('#progress-label').textContent()).toBe('2 of 2 cells');
      expect(await page.locator('#grid td.slot').count()).toBe(2);
      expect(await barriers(page)).toEqual([]);
      expect([complaints, strangers]).toEqual([[], []]);
      await page.close();
    },
  );

  it('says that a run was stopped', async () => {
    const { running, page, complaints } = await opened();
    expect(await shows(page, '#current-doing', /w/)).toBe(true);
    running.child.kill('SIGINT');
    expect((await running.done).exitCode).toBe(130);
    expect(await shows(page, '#status', /^This run is over: stopped by SIGINT after \d+ s/)).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says that nothing is heard of a run whose gatebench was killed', async () => {
    const { running, page } = await opened();
    expect(await shows(page, '#current-doing', /w/)).toBe(true);
    running.child.kill('SIGKILL');
    await running.done;
    expect(await shows(page, '#status', /^Nothing is heard of the run/)).toBe(true);
    expect(await page.locator('#current-name').textContent()).toBe('direct, 5 VUs');
    await page.close();
  });
});

describe('the port of bench --watch', () => {
  it('is refused before anything is measured where the run needs it itself, or where it is none', async () => {
    const port = String(await freePort());
    const bench = await directBench({ vus: [5] });
    const own = bench.args.map((word, at) => (bench.args[at - 1] === '--mock-port' ? port : word));
    const mine = await cli([...own, '--watch', port]);
    expect([mine.exitCode, mine.stderr]).toEqual([
      2,
      expect.stringMatching(new RegExp(`--watch ${port} is a port of the mock upstream\\n.*another port`)),
    ]);
    expect(mine.stderr).not.toContain('results go to');
    const none = await cli([...bench.args, '--watch', '70000']);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('"70000" is not a port')]);
    const cloud = await cli(['cloud', 'bench', '--host', 'me@192.0.2.7', '--', '--watch']);
    expect([cloud.exitCode, cloud.stderr]).toEqual([
      2,
      expect.stringContaining('--watch serves a page on that machine'),
    ]);
    await bench.remove();
  });
});
