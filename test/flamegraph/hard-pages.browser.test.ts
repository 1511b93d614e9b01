import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flamePage } from '../../src/flamegraph/flame-page.js';
import type { PageAssets } from '../../src/lib/page-shell.js';
import { BROWSER_PATH, TestBrowser } from '../support/browser.js';
import { type ExampleStack, exampleEntry } from '../support/example-profile.js';
import { bundleAssets } from '../support/page-assets.js';

/** Names that would do harm where one of them is taken for HTML, for script, or for a pattern. */
const HOSTILE = [
  '<script>globalThis.harmed = 1</script>',
  '</script><img src=x onerror="globalThis.harmed = 1">',
  '"><svg onload=globalThis.harmed=1>',
  "'; globalThis.harmed = 1; //",
  '<!--<script>',
  ']]>&amp;&lt;',
  '$&$1$`',
  '(.*)+$[',
  'обработчик 处理 🔥 \u202Egnirts',
  'line\nbreak\ttab\u0000nul',
  '__proto__',
  'constructor',
];

describe.skipIf(BROWSER_PATH === null)('pages of profiles that are hard to draw', () => {
  const browser = new TestBrowser();
  let assets: PageAssets;

  beforeAll(async () => {
    assets = bundleAssets();
    await browser.start();
  });
  afterAll(() => browser.stop());

  test('hostile names are text, wherever they stand', async () => {
    const stacks = HOSTILE.map(
      (name): ExampleStack => [
        [
          { name: 'root', category: 'own' },
          { name, file: name, module: name },
        ],
        10,
      ],
    );
    const entry = exampleEntry(stacks, { title: HOSTILE.join(' '), command: HOSTILE.join(' '), caveats: HOSTILE });
    const html = flamePage([entry], assets, { machine: HOSTILE.join(' ') });
    const { page, complaints, requests } = await browser.open(html);
    expect(await page.locator('g.frame').count()).toBe(HOSTILE.length + 2);
    for (const name of HOSTILE.slice(0, 9)) {
      await page.fill('#search', name);
      expect(await page.locator('g.frame.match').count(), name).toBe(1);
      await page.locator('g.frame.match').hover();
      expect(await page.locator('#tooltip strong').textContent()).toBe(name);
    }
    expect(await page.locator('main img, main svg svg, main section script:not([type])').count()).toBe(0);
    expect(await page.evaluate('globalThis.harmed')).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  test('a stack of 5,000 frames: its top is drawn, its end is found and walked to', async () => {
    const deep = Array.from({ length: 5000 }, (_, level) => ({ name: `level${level}`, category: 'own' as const }));
    const { page, complaints } = await browser.open(
      flamePage(
        [
          exampleEntry([
            [deep, 60],
            [deep.slice(0, 2500), 40],
          ]),
        ],
        assets,
      ),
    );
    await page.fill('#search', 'level4999');
    expect(await page.locator('#search-result').textContent()).toContain('Matched 60.0 % · 60 samples');

    // Each zoom goes on where the drawing ends, until the last frame is drawn.
    const last = page.locator('g.frame[aria-label^="level4999,"]');
    for (let zooms = 0; (await last.count()) === 0 && zooms < 60; zooms++) {
      await page.locator('g.frame', { hasText: 'more levels' }).first().click();
    }
    expect(await last.count()).toBe(1);
    expect(await page.locator('g.frame.match').count()).toBe(1);
    expect(await page.locator('g.frame', { hasText: 'callers' }).count()).toBe(1);
    await page.click('#reset-zoom');
    expect(await page.locator('g.frame', { hasText: /^level0$/ }).count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  }, 240_000);

  test('100,000 unique stacks: drawn in part, searched in whole, zoomed into', async () => {
    const stacks = Array.from({ length: 100_000 }, (_, index): ExampleStack => {
      const names = ['main', `route${index % 7}`, `step${index % 91}`, `call${index % 1009}`, `leaf${index}`];
      return [names.map((name) => ({ name, module: name.slice(0, 4), category: 'own' as const })), 1];
    });
    const { page, complaints } = await browser.open(flamePage([exampleEntry(stacks)], assets));
    expect(await page.locator('g.frame').count()).toBeLessThanOrEqual(6000);
    await page.fill('#search', 'leaf77');
    // leaf77, leaf77x, leaf77xx and leaf77xxx: 1 + 10 + 100 + 1,000 of 100,000.
    expect(await page.locator('#search-result').textContent()).toContain('Matched 1.11 % · 1,111 samples');
    expect(await page.locator('#chart-note').textContent()).toMatch(/too narrow/);
    await page.locator('g.frame', { hasText: /^route3$/ }).click();
    await page.locator('g.frame', { hasText: /^step/ }).first().click();
    expect(await page.locator('#chart-note').textContent()).toMatch(/^Zoomed to step/);
    expect(await page.locator('g.frame').count()).toBeGreaterThan(100);

    await page.click('#open-sandwich');
    expect(await page.locator('g.frame.centre').getAttribute('aria-label')).toMatch(/^step/);
    await page.fill('#search', 'call10');
    await page.locator('#function-list [role=option]', { hasText: /call1008$/ }).click();
    expect(await page.locator('g.frame.centre').getAttribute('aria-label')).toMatch(/^call1008, 0\.09/);
    expect(complaints).toEqual([]);
    await page.close();
  }, 240_000);
});
