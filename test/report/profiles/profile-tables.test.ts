import { describe, expect, it } from 'vitest';
import { markdownSection } from '../../../src/report/markdown-section.js';
import { categorySection } from '../../../src/report/profiles/category-section.js';
import { findingSections, publishedProfilesSection } from '../../../src/report/profiles/findings-section.js';
import type { FlameEntry } from '../../../src/report/profiles/flame-entry.js';
import { hotFunctionSections } from '../../../src/report/profiles/hot-functions-section.js';
import { profilerOverheadSection } from '../../../src/report/profiles/overhead-section.js';
import { categorisedOf, gatewayMeta, OWN } from '../../support/categorised.js';
import { publishedClaims } from '../../support/published-claims.js';

const entryOf = (label: string, stacks: Record<string, number>, over: Partial<FlameEntry> = {}): FlameEntry => ({
  cellId: `${label}-50`,
  profile: categorisedOf(stacks, {
    ...gatewayMeta(label, { requests: 1000 }),
    rules: [OWN],
    caveats: [`A caveat of ${label}.`],
  }),
  unprofiled: { ratePerSec: 110, cpuUsPerRequest: null },
  ratePerSec: 100,
  outcomeWords: 'ok',
  ...over,
});
const entries = [
  entryOf('ferro', { 'app.handle;G:net/http.a': 50, 'K:tcp_sendmsg': 49 }),
  entryOf('portkey', { 'J:a|node:_http_server': 297 }, { ratePerSec: 40, unprofiled: null, outcomeWords: 'invalid' }),
];

describe('the sections on profiles', () => {
  it('are none without profiles', () => {
    expect(categorySection([])).toBeNull();
    expect(profilerOverheadSection([])).toBeNull();
    expect(publishedProfilesSection(publishedClaims(), [])).toBeNull();
    expect(findingSections([])).toEqual([]);
    expect(hotFunctionSections([])).toEqual([]);
  });

  it('put categories side by side, unknown always, with CPU time per request', () => {
    const table = categorySection(entries)?.table;
    expect(table?.columns.map(({ title }) => title)).toEqual([
      'Category',
      'Ferro, perf, 50 VUs',
      'Portkey, perf, 50 VUs',
    ]);
    expect(table?.rows).toEqual([
      ['network', '49.5 % (494.9)', '0 %'],
      ['HTTP', '50.5 % (505.1)', '100.0 % (3,000.0)'],
      ['unknown', '0 %', '0 %'],
      ['CPU µs per request', '1,000.0', '3,000.0'],
      ['by the kernel’s accounting', '–', '–'],
      ['samples', '99', '297'],
    ]);
  });

  it('name the hot functions, and the gateway’s own', () => {
    const sections = hotFunctionSections(entries);
    expect(sections.map(({ title }) => title)).toEqual([
      'Hot functions: Ferro, perf, 50 VUs',
      'Own code: Ferro, perf, 50 VUs',
      'Hot functions: Portkey, perf, 50 VUs',
    ]);
    expect(sections[0]?.table?.rows[0]).toEqual(['net/http.a', '–', 'HTTP', '50.5 %', '50.5 %', '505.1', '505.1']);
    expect(sections[1]?.table?.rows).toEqual([['app.handle', '–', 'own code', '50.5 %', '50.5 %', '505.1', '505.1']]);
  });

  it('say nothing of requests where there were none, nor of CPU where page faults were counted', () => {
    const faults = entryOf('ferro', { 'app.handle;G:net/http.a': 50, 'K:handle_mm_fault': 49 });
    Object.assign(faults.profile.profile.meta, { load: null, kind: 'other', event: 'page-faults', unit: 'events' });
    const sections = [
      ...findingSections([faults]),
      ...hotFunctionSections([faults]),
      categorySection([faults]) ?? expect.unreachable(),
    ];
    expect(sections[0]?.lead[0]).toMatch(/^49 % of page-faults in the kernel/);
    expect(sections[1]?.table?.columns.map(({ title }) => title)).toEqual([
      'Function',
      'Where',
      'Category',
      'Self',
      'Total',
    ]);
    expect(sections.at(-1)?.title).toBe('Shares by category');
    expect(JSON.stringify(sections)).not.toMatch(/CPU|request|µs/);
  });

  it('put findings above, warnings and caveats below', () => {
    const [compared, ferro] = findingSections(entries);
    expect(compared).toMatchObject({
      title: 'Profiles compared',
      lead: expect.arrayContaining([expect.stringContaining('Portkey uses 3,000 µs of CPU')]),
    });
    expect(ferro?.lead[0]).toMatch(/^49 % of CPU in the kernel/);
    expect(ferro?.notes).toEqual([expect.stringMatching(/^Only 99 samples/), 'A caveat of ferro.']);
  });

  it('hold published sentences against ours', () => {
    const section = publishedProfilesSection(publishedClaims(), entries);
    const rows = section?.table?.rows ?? [];
    expect(section?.notes).toEqual([expect.stringMatching(/^article: "AI Gateways Are Not .*upstream 60 ms$/)]);
    expect(rows.map(([gateway, , , , verdict]) => [gateway, verdict])).toEqual([
      ['Ferro', 'not comparable'],
      ['litellm', 'not comparable'],
      ['bifrost', 'not comparable'],
      ['kong', 'not comparable'],
      ['Portkey', 'new here'],
    ]);
  });

  it('tell what a profiler costs', () => {
    expect(profilerOverheadSection(entries)?.table?.rows).toEqual([
      ['Ferro, perf, 50 VUs', '100', '110', '−9.09 %', '–', '–', '–', '99', 'ok'],
      ['Portkey, perf, 50 VUs', '40.0', '–', '–', '–', '–', '–', '297', 'invalid'],
    ]);
  });

  it('render as Markdown with names that hold its marks', () => {
    const odd = entryOf('ferro', { 'G:a.f_1*': 30 });
    for (const section of hotFunctionSections([odd])) expect(markdownSection(section, 2)).toContain('1\\*');
  });
});
