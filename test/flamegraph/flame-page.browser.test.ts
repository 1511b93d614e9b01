import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flamePage } from '../../src/flamegraph/flame-page.js';
import { BROWSER_PATH, type OpenedPage, TestBrowser } from '../support/browser.js';
import { exampleEntry } from '../support/example-profile.js';
import { bundleAssets } from '../support/page-assets.js';

describe.skipIf(BROWSER_PATH === null)('a profile’s page in a browser', () => {
  const browser = new TestBrowser();
  let html = '';
  let opened: OpenedPage;

  beforeAll(async () => {
    html = flamePage([exampleEntry()], bundleAssets());
    await browser.start();
  });
  afterAll(() => browser.stop());
  beforeEach(async () => {
    opened = await browser.open(html);
  });
  afterEach(async () => {
    // Whatever a test does, the page has no fault to report and asks nobody for anything.
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
    await opened.page.close();
  });

  const frame = (name: string) => opened.page.locator('g.frame', { hasText: name }).first();
  const fill = (name: string) => frame(name).locator('rect').getAttribute('fill');
  const box = async (name: string) => {
    const found = await frame(name).locator('rect').boundingBox();
    if (found === null) throw new Error(`${name} isn't drawn`);
    return found;
  };
  const choose = (word: string) => opened.page.locator('.switch label', { hasText: word }).click();

  test('draws every function as wide as its share', async () => {
    const all = await box('All stacks');
    expect((await box('main')).width / all.width).toBeCloseTo(0.6, 2);
    expect((await box('parseJson')).width / all.width).toBeCloseTo(0.3, 2);
    expect(await opened.page.locator('g.frame').count()).toBe(6);
  });

  test('search marks what matches, tells its share once, and clears', async () => {
    const result = opened.page.locator('#search-result');
    await opened.page.fill('#search', 'app');
    // All of main, in which the other two matches are: 60 samples of 100, and 600 ms for 1,000 requests.
    expect(await result.textContent()).toBe('Matched 60.0 % · 60 samples · 600 µs of CPU per request · in 3 frames');
    expect(await opened.page.locator('g.frame.match').count()).toBe(3);
    expect(await frame('Process').getAttribute('class')).toContain('no-match');

    await opened.page.fill('#search', '/^parse|^tcp_/');
    expect(await result.textContent()).toContain('Matched 50.0 % · 50 samples');
    await opened.page.fill('#search', '/(/');
    expect(await result.textContent()).toBe('Invalid regular expression');
    await opened.page.fill('#search', 'nowhere');
    expect(await result.textContent()).toBe('No matches');

    await opened.page.click('#search-clear');
    expect(await result.textContent()).toBe('');
    expect(await opened.page.locator('g.frame.match, g.frame.no-match').count()).toBe(0);
  });

  test('a click zooms in, another or the button zooms out', async () => {
    const whole = await box('All stacks');
    await frame('parseJson').click();
    expect((await box('parseJson')).width / whole.width).toBeCloseTo(1, 2);
    expect(await frame('main').getAttribute('class')).toContain('fade');
    expect(await opened.page.locator('g.frame', { hasText: 'tcp_sendmsg' }).count()).toBe(0);
    expect(await opened.page.locator('#chart-note').textContent()).toContain('Zoomed to parseJson.');

    await opened.page.click('#reset-zoom');
    expect(await opened.page.locator('g.frame').count()).toBe(6);
    expect((await box('parseJson')).width / whole.width).toBeCloseTo(0.3, 2);
  });

  test('colours by category or by module, with the legend that goes with it', async () => {
    const legend = opened.page.locator('#legend');
    expect(await legend.textContent()).toContain('Garbage collection');
    const [parse, main] = [await fill('parseJson'), await fill('main')];
    expect(parse).not.toBe(main);

    await choose('module');
    expect(await legend.textContent()).toContain('v8');
    expect(await legend.textContent()).not.toContain('Garbage collection');
    expect(await fill('parseJson')).toBe(await fill('main'));
    expect(await fill('parseJson')).not.toBe(parse);
    expect(await fill('tcp_sendmsg')).not.toBe(await fill('main'));

    await choose('category');
    expect(await fill('parseJson')).toBe(parse);
  });

  test('an entry of the legend marks its frames', async () => {
    await opened.page.locator('#legend button', { hasText: 'Network' }).click();
    expect(await opened.page.locator('g.frame.match').count()).toBe(1);
    expect(await opened.page.inputValue('#search')).toBe('Network');
  });

  test('turns from icicle to flame and back', async () => {
    expect((await box('main')).y).toBeGreaterThan((await box('All stacks')).y);
    await opened.page.locator('#direction label', { hasText: 'flame' }).click();
    expect((await box('main')).y).toBeLessThan((await box('All stacks')).y);
    await choose('icicle');
    expect((await box('main')).y).toBeGreaterThan((await box('All stacks')).y);
  });

  test('tells of the frame under the pointer', async () => {
    const tooltip = opened.page.locator('#tooltip');
    expect(await tooltip.isVisible()).toBe(false);
    await frame('parseJson').hover();
    const words = await tooltip.textContent();
    for (const expected of [
      'parseJson',
      '/srv/app/json.js:12',
      'app',
      'JSON',
      '30.0 % · 30 samples · 300 ms',
      '300 µs, self 300 µs',
    ]) {
      expect(words).toContain(expected);
    }
    await opened.page.locator('h1').hover();
    expect(await tooltip.isVisible()).toBe(false);
  });

  test('is walked through by keys', async () => {
    const { keyboard } = opened.page;
    await opened.page.locator('g.frame[tabindex="0"]').focus();
    const focused = () => opened.page.locator(':focus').getAttribute('aria-label');
    expect(await focused()).toContain('All stacks');
    await keyboard.press('ArrowDown');
    expect(await focused()).toBe('main, 60.00 %');
    expect(await opened.page.locator('#tooltip').textContent()).toContain('main.js:3');
    await keyboard.press('ArrowRight');
    expect(await focused()).toContain('Scavenger::Process, 40.00 %');
    await keyboard.press('Enter');
    expect(await opened.page.locator('#chart-note').textContent()).toContain('Scavenger::Process');
    expect(await focused()).toContain('Scavenger::Process');
    await keyboard.press('Escape');
    expect(await opened.page.locator('g.frame').count()).toBe(6);
    await keyboard.press('/');
    expect(await opened.page.locator(':focus').getAttribute('id')).toBe('search');
  });

  test('a hot function is found in the flame graph by a click', async () => {
    await opened.page.locator('button.function', { hasText: 'tcp_sendmsg' }).click();
    expect(await opened.page.inputValue('#search')).toBe('tcp_sendmsg');
    expect(await opened.page.locator('g.frame.match').count()).toBe(1);
    expect(await opened.page.locator('#search-result').textContent()).toContain('Matched 20.0 %');
  });

  test('the table of hot functions sorts by a click', async () => {
    const names = () => opened.page.locator('button.function').allTextContents();
    expect((await names())[0]).toContain('Scavenger');
    await opened.page.locator('th button', { hasText: /^Total$/ }).click();
    expect((await names())[0]).toBe('main');
    await opened.page.locator('th button', { hasText: /^Total$/ }).click();
    expect((await names()).at(-1)).toBe('main');
  });

  test('is drawn anew for a narrower window', async () => {
    const before = (await box('All stacks')).width;
    await opened.page.setViewportSize({ width: 800, height: 900 });
    await expect.poll(async () => (await box('All stacks')).width).toBeLessThan(before);
    // Nothing sticks out of the window.
    expect(await opened.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(800);
  });
});
