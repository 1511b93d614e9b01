import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { flamePage } from '../../src/flamegraph/flame-page.js';
import type { PageAssets } from '../../src/lib/page-shell.js';
import type { FlameEntry } from '../../src/report/profiles/flame-entry.js';
import { BROWSER_PATH, type OpenedPage, TestBrowser } from '../support/browser.js';
import { bundleAssets } from '../support/page-assets.js';
import { TWO_PROGRAMS, timedEntry } from '../support/threaded-profile.js';

describe.skipIf(BROWSER_PATH === null)('the views of a page', () => {
  const browser = new TestBrowser();
  let assets: PageAssets;
  let opened: OpenedPage;

  beforeAll(async () => {
    assets = bundleAssets();
    await browser.start();
  });
  afterAll(() => browser.stop());
  afterEach(async () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
    await opened.page.close();
  });

  const open = async (...entries: [FlameEntry, ...FlameEntry[]]) => {
    opened = await browser.open(flamePage(entries, assets));
  };
  const choose = (word: string) => opened.page.locator('.switch label', { hasText: word }).click();
  /** Frames as screen readers are told of them, from top to bottom and left to right. */
  const described = () =>
    opened.page.locator('g.frame').evaluateAll((groups) =>
      groups
        .map((group) => {
          const { left, top } = group.getBoundingClientRect();
          return { left, top, label: group.getAttribute('aria-label') ?? '' };
        })
        .sort((a, b) => Math.round(a.top - b.top) || a.left - b.left)
        .map(({ label }) => label),
    );
  const frame = (label: string) => opened.page.locator(`g.frame[aria-label^="${label}"]`).first();
  const boxOf = async (label: string) => {
    const found = await frame(label).locator('rect').boundingBox();
    if (found === null) throw new Error(`${label} isn't drawn`);
    return found;
  };

  describe('sandwich', () => {
    test('has all callers of a function above it and all callees below, and its share', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      await choose('none');
      expect(await opened.page.locator('#function-panel').isVisible()).toBe(false);
      await choose('Sandwich');
      expect(await opened.page.locator('#function-panel').isVisible()).toBe(true);
      await opened.page.locator('#function-list [role=option]', { hasText: 'parse' }).click();
      expect(await described()).toEqual(['caller main, 37.5 %', 'parse, 37.5 %', 'callee alloc, 12.5 %']);
      expect((await boxOf('callee alloc')).width / (await boxOf('parse')).width).toBeCloseTo(1 / 3, 1);

      // alloc is called from two places.
      await opened.page.locator('#function-list [role=option]', { hasText: 'alloc' }).click();
      expect((await described()).filter((label) => label.startsWith('caller'))).toEqual([
        'caller main, 25.0 %',
        'caller main, 12.5 %',
        'caller execute, 25.0 %',
        'caller parse, 12.5 %',
      ]);
      expect(await opened.page.locator('g.frame.centre').getAttribute('aria-label')).toBe('alloc, 37.5 %');
      await frame('alloc').hover();
      expect(await opened.page.locator('#tooltip').textContent()).toContain('37.5 % · 3 samples · 30 ms');
    });

    test('is walked through by clicks and keys, and back', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      await choose('Sandwich');
      const centre = () => opened.page.locator('g.frame.centre').getAttribute('aria-label');
      await opened.page.locator('#function-list [role=option]', { hasText: 'parse' }).click();
      await frame('callee alloc').click();
      expect(await centre()).toContain('alloc');
      await opened.page.keyboard.press('Escape');
      expect(await centre()).toContain('parse');
      await opened.page.click('#reset-zoom');
      expect(await opened.page.locator('#reset-zoom').textContent()).toBe('Back');

      await opened.page.locator('#function-list').focus();
      await opened.page.keyboard.press('Home');
      expect(await centre()).toContain('main, 100');
      await opened.page.keyboard.press('ArrowDown');
      expect(await centre()).not.toContain('main');
      expect(await opened.page.locator('[role=option][aria-selected=true]').count()).toBe(1);
    });

    test('opens for the zoomed frame, for the key s on any, and for a name in the table', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      const centre = () => opened.page.locator('g.frame.centre').getAttribute('aria-label');
      await frame('parse').click();
      await opened.page.click('#open-sandwich');
      expect(await centre()).toContain('parse');
      await choose('Flame graph');
      await frame('send').focus();
      await opened.page.keyboard.press('s');
      expect(await centre()).toContain('send');
      await opened.page.locator('button.function', { hasText: 'execute' }).click();
      expect(await centre()).toContain('execute');
    });

    test('lists functions by total or self, and those that are searched for', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      await choose('Sandwich');
      const list = () => opened.page.locator('#function-list .name').allTextContents();
      expect((await list())[0]).toBe('main');
      await opened.page.selectOption('#function-order', 'self');
      expect((await list()).slice(0, 2).sort()).toEqual(['alloc', 'send']);
      await opened.page.fill('#search', 'exec');
      expect(await list()).toEqual(['execute']);
      await opened.page.fill('#search', 'nowhere');
      expect(await opened.page.locator('#function-list').textContent()).toBe('No function matches.');
    });
  });

  describe('time order', () => {
    test('draws each call where and as long as it ran, with gaps, a thread at a time', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      await choose('Time order');
      expect(await described()).toEqual([
        'Whole capture, 100 ms from 0 µs',
        'main, 40.0 ms from 0 µs',
        'main, 20.0 ms from 80.0 ms',
        'parse, 30.0 ms from 0 µs',
        'send, 10.0 ms from 30.0 ms',
        'send, 20.0 ms from 80.0 ms',
        'alloc, 10.0 ms from 10.0 ms',
      ]);
      const all = await boxOf('Whole capture');
      const late = await boxOf('send, 20.0 ms');
      expect((late.x - all.x) / all.width).toBeCloseTo(0.8, 2);
      expect(late.width / all.width).toBeCloseTo(0.2, 2);
      expect(await opened.page.locator('g.tick text').allTextContents()).toContain('50 ms');

      await opened.page.selectOption('#lane', { label: 'php-8/8' });
      expect((await described()).slice(1)).toEqual([
        'main, 20.0 ms from 5.00 ms',
        'execute, 20.0 ms from 5.00 ms',
        'alloc, 20.0 ms from 5.00 ms',
      ]);
    });

    test('zooms by a click, by dragging, with keys, buttons and the wheel', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      await choose('Time order');
      const note = () => opened.page.locator('#chart-note').textContent();
      await frame('main, 20.0 ms').click();
      expect(await note()).toMatch(/^80\.0 ms to 100 ms, 20\.0 % of the capture\./);
      await opened.page.click('button[data-time=earlier]');
      expect(await note()).toMatch(/^72\.0 ms to 92\.0 ms/);
      await opened.page.click('#reset-zoom');
      expect(await note()).toMatch(/^All of the capture/);

      const all = await boxOf('Whole capture');
      await opened.page.mouse.move(all.x + all.width * 0.25, all.y + 30);
      await opened.page.mouse.down();
      await opened.page.mouse.move(all.x + all.width * 0.75, all.y + 40, { steps: 4 });
      await opened.page.mouse.up();
      expect(await note()).toMatch(/^25\.\d ms to (74|75)\.\d ms|^25\.0 ms to 75\.0 ms/);

      await frame('Whole capture').focus();
      await opened.page.keyboard.press('+');
      expect(await note()).toMatch(/2[45]\.\d % of the capture|25 % of the capture/);
      await opened.page.keyboard.press('Escape');
      await opened.page.mouse.move(all.x + all.width * 0.9, all.y + 30);
      await opened.page.keyboard.down('Control');
      await opened.page.mouse.wheel(0, -100);
      await opened.page.keyboard.up('Control');
      expect(await note()).toMatch(/^18\.\d ms to 98\.\d ms, 80\.0 %/);
    });

    test('is not offered where the order is unknown', async () => {
      const entry = timedEntry(TWO_PROGRAMS);
      const untimed = {
        ...entry,
        profile: { ...entry.profile, profile: { ...entry.profile.profile, timeline: null } },
      };
      await open(untimed, timedEntry(TWO_PROGRAMS, { event: 'page-faults', kind: 'other', unit: 'events' }));
      const time = opened.page.locator('.switch label', { hasText: 'Time order' });
      expect(await time.isVisible()).toBe(false);
      await opened.page.selectOption('#profile', { index: 1 });
      await expect.poll(() => time.isVisible()).toBe(true);
    });
  });

  describe('grouping', () => {
    test('keeps programs apart, or merges them, and tells processes and threads apart', async () => {
      await open(timedEntry(TWO_PROGRAMS));
      const roots = async () => (await described()).slice(1, 3);
      expect(await roots()).toEqual(['nginx, 75.00 %', 'php, 25.00 %']);
      await choose('none');
      expect((await described()).slice(0, 2)).toEqual(['All stacks, 100.00 %', 'main, 100.00 %']);
      await choose('process');
      expect(await roots()).toEqual(['nginx-7, 75.00 %', 'php-8, 25.00 %']);
      await choose('thread');
      expect(await roots()).toEqual(['nginx-7/7, 75.00 %', 'php-8/8, 25.00 %']);
      await opened.page.fill('#search', 'alloc');
      expect(await opened.page.locator('#search-result').textContent()).toContain('Matched 37.5 % · 3 samples');
    });

    test('is not offered for one thread', async () => {
      await open(timedEntry(TWO_PROGRAMS.filter(([, comm]) => comm === 'php')));
      expect(await opened.page.locator('#grouping').isVisible()).toBe(false);
    });
  });

  test('each profile of a file has its own drawing, figures and words', async () => {
    const faults = timedEntry([[0, 'nginx', 7, 'main;fault']], { event: 'page-faults', kind: 'other', unit: 'events' });
    await open(timedEntry(TWO_PROGRAMS), faults);
    const shown = async () =>
      (await opened.page.locator('[data-profile]:visible').allTextContents()).join(' ').replaceAll(/\s+/g, ' ');
    expect(await opened.page.locator('#profile option').allTextContents()).toEqual([
      'cpu-clock: 8 samples, 80 ms of CPU',
      'page-faults: 1 sample, 10,000,000 page-faults',
    ]);
    expect(await shown()).toContain('80 ms of CPU');
    await opened.page.selectOption('#profile', { index: 1 });
    await expect.poll(described).toEqual(['All stacks, 100.00 %', 'main, 100.00 %', 'fault, 100.00 %']);
    const words = await shown();
    expect(words).toContain('page-faults by category');
    expect(words).not.toMatch(/\bCPU\b|per request/);
    await frame('fault').hover();
    expect(await opened.page.locator('#tooltip').textContent()).toContain('10,000,000 page-faults');
  });
});
