import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/report/report.js';
import { BROWSER_PATH, type OpenedPage, TestBrowser } from '../../support/browser.js';
import { runLike, SPIKE, spiked } from '../../support/open-loop-run.js';
import { bundleAssets } from '../../support/page-assets.js';
import { publishedClaims } from '../../support/published-claims.js';
import { publishedRun } from '../../support/published-run.js';

const LEVELS = [50, 150, 300, 500, 1000];

describe.skipIf(BROWSER_PATH === null)('a report’s page in a browser', () => {
  const browser = new TestBrowser();
  let html = '';
  let opened: OpenedPage;

  beforeAll(async () => {
    const { run, records, samplesByCell } = publishedRun({ vus: LEVELS, requests: 2_000, repeats: 3 });
    const report = renderReport({ run, records, samplesByCell, flames: [], claims: publishedClaims() });
    html = report.page({ assets: bundleAssets('report-page') });
    await browser.start();
  });
  afterAll(() => browser.stop());
  afterEach(async () => {
    // Whatever a test does, the page has no fault to report and asks nobody for anything.
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
    await opened.page.close();
  });

  const open = async (options: Parameters<TestBrowser['open']>[1] = {}) => {
    opened = await browser.open(html, options);
    return opened.page;
  };
  const fragment = () => opened.page.evaluate('location.hash');
  const tooltip = () => opened.page.locator('#tooltip');
  const plot = (id: string) => opened.page.locator(`#${id} .plot`);
  /** What is drawn, to tell whether it changed. */
  const drawing = (id: string): Promise<string> =>
    opened.page.evaluate(`document.querySelector('#${id} canvas').toDataURL()`);

  test('draws every chart', async () => {
    await open();
    const places = await opened.page.locator('figure.chart').count();
    expect(places).toBe(8);
    expect(await opened.page.locator('figure.chart canvas').count()).toBe(places);
    expect(await opened.page.locator('.plot.empty').count()).toBe(0);
  });

  test('draws the seconds of a load in stages, and what was due, without a slider', async () => {
    const records = [spiked('a', [4000, 10_000, 8000], 79_900, 0), spiked('b', [4000, 5330, 12_670], 3_864_000, 10)];
    const run = runLike(records, { load: SPIKE });
    const report = renderReport({ run, records, samplesByCell: new Map(), flames: [], claims: null });
    opened = await browser.open(report.page({ assets: bundleAssets('report-page') }));
    expect(await opened.page.locator('#percentile').count()).toBe(0);
    expect(await opened.page.locator('#rate-time-chart canvas').count()).toBe(1);
    expect(await opened.page.locator('#rate-time-chart .legend').textContent()).toContain('what was due');
    const before = await drawing('latency-time-chart');
    await opened.page.locator('label:has(input[name=latency][value=linear])').click();
    expect(await drawing('latency-time-chart')).not.toBe(before);
    expect(await fragment()).toBe('#latency=linear');
  });

  test('a gateway that is ticked off is in no chart and no row of gates, and the address keeps that', async () => {
    await open();
    const before = await drawing('throughput-chart');
    await opened.page.getByRole('checkbox', { name: 'Portkey' }).uncheck();
    expect(await drawing('throughput-chart')).not.toBe(before);
    expect(await opened.page.locator('tbody[data-gateway=portkey]').isVisible()).toBe(false);
    expect(await fragment()).toBe('#off=portkey');

    await opened.page.reload();
    await opened.page.waitForSelector('html[data-ready]', { state: 'attached' });
    expect(await opened.page.getByRole('checkbox', { name: 'Portkey' }).isChecked()).toBe(false);
    expect(await drawing('throughput-chart')).not.toBe(before);
    await opened.page.getByRole('checkbox', { name: 'Portkey' }).check();
    expect(await fragment()).toBe('');
    expect(await drawing('throughput-chart')).toBe(before);
  });

  test('opens with the view that its address holds', async () => {
    await open({ fragment: '#off=direct&vus=500&rate=linear&overhead=p99&percentile=99.9&at=gates' });
    expect(await opened.page.getByRole('checkbox', { name: 'Direct' }).isChecked()).toBe(false);
    for (const [name, value] of [
      ['vus', '500'],
      ['rate', 'linear'],
      ['overhead', 'p99'],
    ]) {
      expect(await opened.page.locator(`input[name=${name}]:checked`).getAttribute('value')).toBe(value);
    }
    expect(await opened.page.locator('#percentile-shown').textContent()).toBe('p99.9');
    expect(await opened.page.evaluate('document.activeElement.id')).toBe('gates');
  });

  test('an address that says what isn’t there opens the page as it is', async () => {
    await open({ fragment: '#off=nobody&vus=7&rate=odd&percentile=1e9&at=nowhere' });
    expect(await opened.page.locator('input[name=gateway]:checked').count()).toBe(7);
    expect(await opened.page.locator('input[name=vus]:checked').getAttribute('value')).toBe('300');
    expect(await opened.page.locator('#percentile-shown').textContent()).toBe('p99');
  });

  test('the slider shows any percentile, by keys too', async () => {
    await open();
    const before = await drawing('latency-chart');
    await opened.page.locator('#percentile').focus();
    for (let at = 0; at < 5; at++) await opened.page.keyboard.press('ArrowRight');
    expect(await opened.page.locator('#percentile-shown').textContent()).toBe('p99.05');
    expect(await opened.page.locator('#percentile').getAttribute('aria-valuetext')).toBe('p99.05');
    expect(await drawing('latency-chart')).not.toBe(before);
    expect(await fragment()).toBe('#percentile=99.05');
    await opened.page.keyboard.press('End');
    expect(await opened.page.locator('#percentile-shown').textContent()).toBe('largest');
  });

  test('axes are linear or logarithmic, and charts of one level show the one that is chosen', async () => {
    await open();
    const [throughput, distribution] = [await drawing('throughput-chart'), await drawing('distribution-chart')];
    await opened.page.locator('#throughput .choices label', { hasText: 'linear' }).click();
    expect(await drawing('throughput-chart')).not.toBe(throughput);
    await opened.page.locator('.controls .choices label', { hasText: '500' }).click();
    expect(await drawing('distribution-chart')).not.toBe(distribution);
    expect(await fragment()).toBe('#vus=500&rate=linear');
  });

  test('a hollow mark says why on hover', async () => {
    await open();
    const place = plot('throughput-chart');
    await place.scrollIntoViewIfNeeded();
    const box = await place.locator('.u-over').boundingBox();
    if (box === null) throw new Error('the chart has no size');
    // Direct at the most VUs is the topmost there.
    await opened.page.mouse.move(box.x + box.width - 24, box.y + 2);
    await tooltip().waitFor({ state: 'visible' });
    const words = await tooltip().textContent();
    expect(words).toContain('1,000 VUs');
    expect(words).toContain('Direct (no gateway)');
    expect(words).toContain(', invalid');
    expect(words).toContain('responses were late by 7.21 ms at p99');
    await opened.page.mouse.move(box.x + box.width / 2, box.y - 200);
    await tooltip().waitFor({ state: 'hidden' });
  });

  test('is walked through by keys, and says aloud where one is', async () => {
    await open();
    const { keyboard } = opened.page;
    const said = () => opened.page.locator('#announcement').textContent();
    await plot('throughput-chart').focus();
    await keyboard.press('ArrowRight');
    expect(await said()).toMatch(/^50 VUs, Direct \(no gateway\): [\d.,]+ \[[\d.,]+–[\d.,]+]\.$/);
    expect(await tooltip().isVisible()).toBe(true);
    await keyboard.press('ArrowDown');
    expect(await said()).toMatch(/^50 VUs, nginx/);
    await keyboard.press('ArrowRight');
    expect(await said()).toMatch(/^150 VUs, nginx/);
    await keyboard.press('End');
    expect(await said()).toMatch(/^1,000 VUs, nginx/);
    await keyboard.press('ArrowUp');
    expect(await said()).toMatch(/^1,000 VUs, Direct .*invalid.*late by 7\.21 ms/);
    for (let at = 0; at < 9; at++) await keyboard.press('ArrowDown');
    expect(await said()).toMatch(/^1,000 VUs, LiteLLM/);
    await keyboard.press('Escape');
    expect(await tooltip().isVisible()).toBe(false);
  });

  test('a crash is on the chart, and says how it came', async () => {
    await open();
    await plot('throughput-chart').focus();
    await opened.page.keyboard.press('ArrowRight');
    await opened.page.keyboard.press('End');
    let said = '';
    for (let at = 0; at < 9 && !said.includes('Bifrost'); at++) {
      await opened.page.keyboard.press('ArrowDown');
      said = (await opened.page.locator('#announcement').textContent()) ?? '';
    }
    expect(said).toMatch(/^1,000 VUs, Bifrost: .*crashed\. .*crashed 31\.4 s into the window \(exit code 2\)/);
  });

  test('gates tell why by keys', async () => {
    await open();
    const gate = opened.page.locator('button.gate.invalid').first();
    await gate.focus();
    expect(await tooltip().textContent()).toContain('responses were late by 7.21 ms');
    await opened.page.keyboard.press('Escape');
    expect(await tooltip().isVisible()).toBe(false);
  });

  test('everything is reached by Tab', async () => {
    await open();
    const reached = new Set<string>();
    for (let at = 0; at < 40; at++) {
      await opened.page.keyboard.press('Tab');
      reached.add(
        await opened.page.evaluate(
          "document.activeElement.closest('figure.chart, .controls, .contents, .choices, .slider, .scroll, summary')?.className || document.activeElement.tagName",
        ),
      );
    }
    for (const place of ['contents', 'controls', 'choices', 'chart', 'scroll', 'SUMMARY', 'slider']) {
      expect([...reached], place).toContain(place);
    }
  });

  test('a link of the contents keeps the view', async () => {
    await open({ fragment: '#off=portkey' });
    await opened.page.locator('.contents a', { hasText: 'Gates' }).click();
    expect(await fragment()).toBe('#off=portkey&at=gates');
    expect(await opened.page.locator('#gates h2').isVisible()).toBe(true);
  });

  test.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['a phone', { phone: true }],
    ['a phone, dark', { phone: true, dark: true }],
  ])('axe finds nothing serious: %s', async (_, options) => {
    const page = await open(options);
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    await page.evaluate(axe.source);
    const found: { id: string; impact: string; nodes: { html: string }[] }[] = await page.evaluate(
      'axe.run().then(({ violations }) => violations)',
    );
    const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
  });

  test('a phone shows all of it without scrolling sideways', async () => {
    const page = await open({ phone: true });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await page.locator('figure.chart canvas').count()).toBe(8);
  });

  test('on paper everything is open, light, and without controls', async () => {
    const page = await open({ dark: true });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.waitForSelector('html[data-print]', { state: 'attached' });
    for (const id of ['answer', 'throughput', 'latency', 'overhead', 'resources', 'gates', 'claims', 'run', 'again']) {
      expect(await page.locator(`#${id}`).isVisible(), id).toBe(true);
    }
    expect(await page.locator('details:not([open])').count()).toBe(0);
    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.byteLength).toBeGreaterThan(50_000);
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await page.waitForSelector('html:not([data-print])', { state: 'attached' });
    expect(await page.locator('details[open]').count()).toBe(0);
  });

  test('hostile names and log lines stay text', async () => {
    const hostile = '</script><img src=x onerror="globalThis.harmed = 1"><script>globalThis.harmed = 1</script>';
    const { run, records } = publishedRun({ vus: [50], requests: 100 });
    for (const record of records) {
      record.gateway.title = hostile;
      record.outcome = { kind: 'invalid', reasons: [hostile] };
      record.gates = [{ gate: hostile, verdict: 'invalid', value: 1, message: hostile }];
    }
    for (const gateway of run.gateways) gateway.title = hostile;
    const report = renderReport({ run, records, samplesByCell: new Map(), flames: [], claims: null });
    opened = await browser.open(report.page({ assets: bundleAssets('report-page') }));
    await plot('throughput-chart').focus();
    await opened.page.keyboard.press('ArrowRight');
    expect(await tooltip().textContent()).toContain(hostile);
    await opened.page.locator('button.gate').first().focus();
    expect(await tooltip().textContent()).toContain(hostile);
    expect(await opened.page.evaluate('globalThis.harmed')).toBeUndefined();
    expect(await opened.page.locator('img').count()).toBe(0);
  });
});
