import { describe, expect, it } from 'vitest';
import { compareGateways } from '../../src/analysis/comparisons.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import { differenceSections, differencesLead } from '../../src/report/difference-sections.js';
import { recordOf, runOf } from '../support/record-builder.js';

const RATES: Record<string, readonly number[]> = {
  nginx: [1030, 1133, 927, 1028, 1031],
  kong: [1000, 1100, 900, 1000, 1000],
  near: [1004, 1093, 905, 1003, 998],
  slow: [200, 220, 180, 201, 199],
};

function recordsOf(names: readonly string[]): CellRecord[] {
  return names.flatMap((gateway) =>
    (RATES[gateway] ?? []).map((ratePerSec, index) =>
      recordOf({ gateway, vus: 50, repeat: index + 1, ratePerSec, tree: { cpuUsPerRequest: 3e5 / ratePerSec } }),
    ),
  );
}

function sectionsOf(records: readonly CellRecord[], floor: number | null = null) {
  const summaries = summarise(runOf(records), deriveRun(records));
  const comparisons = compareGateways(runOf(records), summaries, () => floor);
  return { lead: differencesLead(runOf(records), comparisons), sections: differenceSections(comparisons, summaries) };
}

describe('differences', () => {
  const { lead, sections } = sectionsOf(recordsOf(['slow', 'near', 'kong', 'nginx']));
  const rate = sections[0]?.rate;

  it('have a matrix of ratios, best first, with ranks that are shared where nothing parts them', () => {
    expect(rate?.title).toBe('Rate at 50 VUs');
    expect(rate?.table?.columns.map(({ title }) => title)).toEqual([
      'Rank',
      'Gateway',
      'req/s',
      '/ near',
      '/ kong',
      '/ slow',
    ]);
    const rows = rate?.table?.rows ?? [];
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['1', 'nginx'],
      ['2–3', 'near'],
      ['2–3', 'kong'],
      ['4', 'slow'],
    ]);
    expect(rows[0]?.[4]).toMatch(/^1\.03\d \[1\.02\d–1\.03\d\] \*$/);
    expect(rows[1]?.[4]).toMatch(/^1\.001 \[0\.99\d–1\.00\d\]$/);
    expect(rows[2]?.slice(3)).toEqual(['', '', expect.stringMatching(/^5\.000 \[.+\] \*$/)]);
    expect(rows[0]?.[2]).toMatch(/^1,028 ± 9(\.\d)? %$/);
  });

  it('are told in a sentence a pair, in percent or, if large, in times', () => {
    const text = rate?.notes.join('\n') ?? '';
    expect(rate?.notes).toHaveLength(6);
    expect(text).toMatch(/^nginx is 3\.0 % faster than kong \[2\.\d, 3\.\d\]\.$/m);
    expect(text).toMatch(/^nginx is 5\.15 times as fast as slow \[5\.12, 5\.18\]\.$/m);
    expect(text).toMatch(/^near and kong: no difference seen; one of 2 % would have shown\.$/m);
  });

  it('say what the error rate is of, and that no noise floor was measured', () => {
    expect(lead.join(' ')).toContain('Holm’s adjustment for all pairs of the metric at that VU level');
    expect(lead.join(' ')).toContain('noise floor was not measured');
  });

  it('name the floor below which nothing is a difference', () => {
    const floored = sectionsOf(recordsOf(['kong', 'nginx']), 0.04);
    expect(floored.lead.join(' ')).toContain('(4 %)');
    expect(floored.sections[0]?.rate?.notes).toEqual([
      expect.stringMatching(
        /^nginx and kong: no difference seen \(3 % is within the noise floor of 4 %\); one of 4 % would have shown\.$/,
      ),
    ]);
    expect(floored.sections[0]?.rate?.table?.rows.map(([rank]) => rank)).toEqual(['1–2', '1–2']);
  });

  it('say how many more repeats it would take', () => {
    const few = recordsOf(['a', 'b']);
    expect(few).toEqual([]);
    const noisy = ['a', 'b'].flatMap((gateway, g) =>
      [1000, 1050, 960].map((ratePerSec, at) =>
        recordOf({ gateway, vus: 1, repeat: at + 1, ratePerSec: ratePerSec + (g === 0 ? 0 : 30 - 30 * at) }),
      ),
    );
    expect(sectionsOf(noisy).sections[0]?.rate?.notes[0]).toMatch(
      /no difference seen; at least \d+ more repeats to see 2 %\.$/,
    );
  });

  it('have a sentence only for neighbours where there are many pairs', () => {
    const five = [
      ...recordsOf(['slow', 'near', 'kong', 'nginx']),
      ...[1, 2, 3].map((repeat) => recordOf({ gateway: 'e', vus: 50, repeat, ratePerSec: 50 + repeat })),
    ];
    expect(sectionsOf(five).sections[0]?.rate?.notes).toHaveLength(4);
  });

  it('tabulate the other metrics a pair in a row, whichever of the two is the better one there', () => {
    const { others } = sections[0] ?? {};
    expect(others?.table?.columns.map(({ title }) => title)).toEqual([
      'Ratio',
      'p50',
      'p99',
      'CPU per request',
      'RSS',
      'PSS',
    ]);
    expect(others?.table?.rows).toHaveLength(6);
    const row = others?.table?.rows.find(([name]) => name?.includes('nginx') && name.includes('kong'));
    const ratio = Number(row?.[3]?.slice(0, 5));
    expect(row?.[0]?.startsWith('nginx') ? ratio : 1 / ratio).toBeCloseTo(1 / 1.03, 2);
  });

  it('are none without repeats', () => {
    expect(sectionsOf([recordOf({ gateway: 'a', vus: 1 }), recordOf({ gateway: 'b', vus: 1 })]).sections).toEqual([]);
  });
});
