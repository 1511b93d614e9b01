import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffPage } from '../../src/flamegraph/diff-page.js';
import type { PageAssets } from '../../src/lib/page-shell.js';
import { diffProfiles } from '../../src/profiles/analysis/diff.js';
import { BROWSER_PATH, TestBrowser } from '../support/browser.js';
import { COLLECT, EXAMPLE_STACKS, type ExampleStack, exampleProfile, MAIN, PARSE } from '../support/example-profile.js';
import { bundleAssets } from '../support/page-assets.js';

const COMPRESS = { name: 'deflate', module: 'app', category: 'compression' as const };
/** JSON 30 to 50 samples, garbage collection 40 to 10, what was sent is gone, compression is new. */
const AFTER: ExampleStack[] = [
  [[MAIN, PARSE], 50],
  [[MAIN], 10],
  [[MAIN, COMPRESS], 25],
  [[COLLECT], 10],
];

describe.skipIf(BROWSER_PATH === null)('a differential page in a browser', () => {
  const browser = new TestBrowser();
  let assets: PageAssets;

  beforeAll(async () => {
    assets = bundleAssets();
    await browser.start();
  });
  afterAll(() => browser.stop());

  test('shows what grew in red and what shrank in blue, and in the other direction what vanished', async () => {
    const diff = diffProfiles(exampleProfile(EXAMPLE_STACKS), exampleProfile(AFTER));
    const { page, complaints, requests } = await browser.open(diffPage(diff, assets));
    const frame = (name: string) => page.locator('g.frame', { hasText: name });
    const colour = async (name: string) => {
      const fill = (await frame(name).locator('rect').getAttribute('fill')) ?? '';
      const [red = 0, , blue = 0] = [...fill.matchAll(/\d+/g)].map(Number);
      return red - blue;
    };
    const width = async (name: string) => (await frame(name).locator('rect').boundingBox())?.width ?? 0;

    // After: 950 of 950 µs per request.
    expect((await width('parseJson')) / (await width('All stacks'))).toBeCloseTo(500 / 950, 2);
    expect(await frame('tcp_sendmsg').count()).toBe(0);
    expect(await frame('deflate').count()).toBe(1);
    expect(await colour('parseJson')).toBeGreaterThan(50);
    expect(await colour('deflate')).toBeGreaterThan(50);
    expect(await colour('Process')).toBeLessThan(-50);
    await frame('parseJson').hover();
    expect(await page.locator('#tooltip').textContent()).toContain('300 µs → 500 µs per request (+200 µs, +66.7 %)');

    await page.locator('.switch label', { hasText: 'before' }).click();
    expect((await width('parseJson')) / (await width('All stacks'))).toBeCloseTo(0.3, 2);
    expect(await frame('deflate').count()).toBe(0);
    expect(await colour('tcp_sendmsg')).toBeLessThan(-50);
    await frame('tcp_sendmsg').hover();
    expect(await page.locator('#tooltip').textContent()).toContain('200 µs → 0 µs per request (−200 µs, gone)');

    // Of its own, main changed nothing; with what it calls it did.
    expect(Math.abs(await colour('main'))).toBeLessThan(10);
    await page.locator('.switch label', { hasText: 'total' }).click();
    expect(await colour('main')).toBeGreaterThan(30);

    await page.locator('button.function', { hasText: 'parseJson' }).click();
    expect(await page.locator('#search-result').textContent()).toContain('300 µs → 500 µs per request');
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  test('compares categories alone across languages, and says why', async () => {
    const go = exampleProfile(AFTER, {
      title: 'Other 2, perf, 50 VUs',
      subject: { label: 'other', title: 'Other', version: '2', language: 'Go', colour: '#1f77b4' },
    });
    const diff = diffProfiles(exampleProfile(EXAMPLE_STACKS), go);
    const { page, complaints } = await browser.open(diffPage(diff, assets));
    expect(await page.locator('#chart').count()).toBe(0);
    expect(await page.locator('#no-tree').textContent()).toMatch(/Only categories can be compared: .*TypeScript.*Go/);
    const line = page.locator('tr[data-category="gc"]');
    expect(await line.locator('td').allTextContents()).toEqual(['400 µs', '100 µs', '−300 µs']);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
