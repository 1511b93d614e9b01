import { describe, expect, it } from 'vitest';
import { matchClaims } from '../../src/analysis/claims.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { shapedCurves } from '../../src/analysis/shaped-curves.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { claimsSection, shapeClaimsSection } from '../../src/report/claims-table.js';
import { exampleRun } from '../support/example-run.js';
import { publishedClaims } from '../support/published-claims.js';
import { recordOf, runOf } from '../support/record-builder.js';

const claims = publishedClaims();

function sectionOf(run: Run, records: CellRecord[]) {
  return claimsSection(claims, matchClaims(claims, summarise(run, deriveRun(records)), run.scenario), run);
}

describe('claims table', () => {
  const { run, records } = exampleRun();
  const section = sectionOf(run, records);
  const rows = section?.table?.rows ?? [];

  it('says that the hardware differs, and describes both machines', () => {
    const lead = section?.lead.join(' ') ?? '';
    expect(lead).toContain('hardware differs');
    expect(section?.notes.join(' ')).toContain('n2-standard-8');
    expect(lead).toContain('8 × Example CPU');
    expect(lead).toContain('60ms');
  });

  it('puts published, measured and their ratio in a row', () => {
    expect(rows).toContainEqual([
      'Ferro Labs AI Gateway',
      'rate',
      '300',
      '4,890 req/s',
      'article',
      '4,894 req/s',
      '1.00',
    ]);
    expect(rows).toContainEqual([
      'Ferro Labs AI Gateway',
      'rate',
      '50',
      '813 req/s',
      'article, RESULTS.md',
      '815.7 req/s',
      '1.00',
    ]);
    expect(
      rows.find(([title, metric, vus]) => title?.startsWith('Portkey') && metric === 'memory' && vus === '300'),
    ).toEqual([
      expect.stringMatching(/^Portkey [¹²³⁴⁵⁶⁷⁸⁹⁰]+$/),
      'memory',
      '300',
      '67 MB',
      expect.stringMatching(/^results\.md /),
      '240 MB',
      '3.58',
    ]);
  });

  it('has a word and no ratio where the cell has no number to compare', () => {
    const bifrost = rows.filter(
      ([title, metric, vus]) => title?.startsWith('Bifrost') && metric === 'rate' && vus === '300',
    );
    expect(bifrost).toHaveLength(1);
    expect(bifrost[0]?.slice(5)).toEqual(['crashed', '–']);
  });

  it('brackets what is not to be trusted', () => {
    expect(rows).toContainEqual(['LiteLLM proxy', 'rate', '500', '166 req/s', 'RESULTS.md', '(180 req/s)', '1.08']);
  });

  it('leaves out gateways that were skipped', () => {
    expect(rows.filter(([title]) => title?.startsWith('Kong'))).toEqual([]);
  });

  it('leaves out cells that were skipped though their gateway could run', () => {
    const cells = [50, 150].map((vus) => recordOf({ gateway: 'ferro', vus, title: 'Ferro' }));
    const skipped = recordOf({
      gateway: 'ferro',
      vus: 150,
      title: 'Ferro',
      outcome: { kind: 'skipped', reason: 'gone' },
    });
    const rows = sectionOf(runOf(cells), [...cells.slice(0, 1), skipped])?.table?.rows ?? [];
    expect(new Set(rows.map(([, , vus]) => vus))).toEqual(new Set(['50']));
  });

  it('names the versions where they differ', () => {
    expect(section?.notes.join('\n')).toContain('Bifrost: published for version 1.0.0, measured v1.4.12.');
  });

  it('is not there where no claim is about the run', () => {
    const other = recordOf({ gateway: 'nobody-published-this', vus: 50 });
    expect(sectionOf(runOf([other]), [other])).toBeNull();
  });
});

describe('shape claims', () => {
  it('stand beside the shape of the published figures and the measured one', () => {
    const { run, records } = exampleRun();
    const section = shapeClaimsSection(claims, shapedCurves(run, summarise(run, deriveRun(records))));
    const rows = section?.table?.rows.map((row) => row.slice(0, 5));
    expect(rows).toEqual([
      ['Ferro Labs AI Gateway', 'linear', 'article', 'linear', 'linear'],
      ['Bifrost', 'cliff', 'article', 'cliff', 'cliff'],
      ['LiteLLM proxy', 'ceiling', 'article', 'ceiling', 'ceiling'],
      ['Portkey', 'plateau', 'article', 'plateau', 'ceiling'],
    ]);
  });

  it('are left out where no gateway has one', () => {
    const records = [50, 150].map((vus) => recordOf({ gateway: 'nginx', vus }));
    const run = runOf(records);
    expect(shapeClaimsSection(claims, shapedCurves(run, summarise(run, deriveRun(records))))).toBeNull();
  });
});
