import { describe, expect, test } from 'vitest';
import { flamePage } from '../../src/flamegraph/flame-page.js';
import { exampleEntry, MAIN } from '../support/example-profile.js';

const ASSETS = { script: 'let page;', style: 'main {}' };

/** What a reader sees of a page, without its script and its data. */
function words(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('a profile’s page without its script', () => {
  const text = words(flamePage([exampleEntry()], ASSETS, { machine: '2 × CPU' }));

  test.each([
    'Example 1.2.3, perf, 50 VUs',
    'Example 1.2.3 (TypeScript) · perf 6.1.187 · cpu-clock at 99 Hz · 50 VUs · 22 Nov 2026, 17:42 UTC',
    'Only 100 samples',
    'CPU per request 1,000 µs of 1,000 requests',
    '930 −7.00 % compared to without it',
    'parseJson 30 % (JSON)',
    'Garbage collection 40.0 %',
    'perf record -e cpu-clock -F 99',
    '2 × CPU',
  ])('says %s', (expected) => {
    expect(text).toContain(expected);
  });

  test('gives each category its share, its interval and its CPU time per request', () => {
    expect(text).toMatch(/JSON 30\.0 % 21\.\d to 39\.\d % 300 µs/);
  });

  test('allows itself to ask nobody for anything, and has nothing to ask for', () => {
    const html = flamePage([exampleEntry()], ASSETS);
    expect(html).toContain(`default-src 'none'`);
    // An empty icon of its own: without one, a browser asks the server for one.
    expect(html).not.toMatch(/(?:src|href)="(?!#|data:,")/);
  });
});

describe('what a page warns of', () => {
  const warnings = (entry: ReturnType<typeof exampleEntry>) => words(flamePage([entry], ASSETS));
  const many = exampleEntry([[[MAIN], 5000]]);

  test('nothing, where there is nothing to warn of', () => {
    expect(warnings(many)).not.toContain('Read with care');
  });

  test('a profiler that takes more than half of the throughput', () => {
    expect(warnings({ ...many, ratePerSec: 480 })).toContain(
      'The profiler cut the throughput by half or more: 480 requests/s with it, 1000 without.',
    );
  });

  test('more than a tenth unknown', () => {
    const entry = exampleEntry([
      [[MAIN], 4000],
      [[{ name: '[unknown]' }], 1000],
    ]);
    expect(warnings(entry)).toContain('20 % is unknown');
  });

  test('lost samples', () => {
    expect(warnings(exampleEntry([[[MAIN], 4500]], { lost: 500 }))).toContain('10 % of samples were lost (500)');
  });

  test('a cell that did not end well', () => {
    expect(warnings({ ...many, outcomeWords: 'crashed' })).toContain('The profiled cell failed: crashed');
  });
});

describe('a page', () => {
  const colour = (html: string) => /name="colour" value="(\w+)" checked/.exec(html)?.[1];

  test('is coloured by module where categories say little', () => {
    const unknown = exampleEntry([
      [[MAIN], 60],
      [[{ name: 'Acme::Parser::parse', module: '/srv/acme' }], 40],
    ]);
    expect(colour(flamePage([exampleEntry()], ASSETS))).toBe('category');
    expect(colour(flamePage([unknown], ASSETS))).toBe('module');
  });

  test('says nothing of requests where there were none, and nothing of CPU where it counts something else', () => {
    const imported = { load: null, subject: null } as const;
    const entry = { ...exampleEntry(undefined, imported), unprofiled: null, ratePerSec: null };
    expect(words(flamePage([entry], ASSETS))).not.toMatch(/requests?\b/);
    const faults = exampleEntry(undefined, { ...imported, kind: 'other', unit: 'events', event: 'page-faults' });
    const text = words(flamePage([{ ...faults, unprofiled: null, ratePerSec: null }], ASSETS));
    expect(text).toContain('1,000,000,000 page-faults');
    expect(text).toContain('page-faults by category');
    expect(text).not.toMatch(/\bCPU\b|requests?\b/);
  });

  test('has the drawing before findings and tables', () => {
    const html = flamePage([exampleEntry()], ASSETS);
    const places = ['id="chart"', '>Findings<', '>Where the time goes<', '>Hot functions<'].map((part) =>
      html.indexOf(part),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});
