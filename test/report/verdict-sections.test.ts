import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/analysis/claim-conflicts.js';
import { judgeClaims } from '../../src/analysis/claim-verdicts.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { judgeShapes } from '../../src/analysis/shape-verdicts.js';
import { summarise } from '../../src/analysis/summary.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { claimsPage } from '../../src/report/claims-page.js';
import { verdictSections } from '../../src/report/verdict-sections.js';
import { exampleRun } from '../support/example-run.js';
import { allClaims } from '../support/published-claims.js';

describe('verdict sections', async () => {
  const claims = await allClaims();
  const { run, records } = exampleRun();
  const runs = [{ run, summaries: summarise(run, deriveRun(records)) }];
  const verdicts = {
    claims: judgeClaims(claims, runs),
    shapes: judgeShapes(claims, runs),
    profiles: [],
    conflicts: findConflicts(claims),
  };
  const [summary, figures, statements, conflicts] = verdictSections(verdicts, claims, [run]);

  it('counts every verdict', () => {
    expect(summary?.lead[0]).toMatch(
      new RegExp(
        `^${claims.claims.length} published figures: \\d+ reproduced, \\d+ differs, \\d+ contradicted by its own source, \\d+ not comparable and \\d+ not measured\\.`,
      ),
    );
  });

  it('has a row for each claim, with what was found and what differs', () => {
    expect(figures?.table?.rows).toHaveLength(claims.claims.length);
    expect(figures?.table?.rows).toContainEqual([
      'ferro',
      'rate at 1,000 VUs',
      '13,925 req/s',
      'article',
      'reproduced',
      'Measured 14,000 req/s, published 13,925 req/s. ¹',
    ]);
    expect(figures?.notes[0]).toBe('¹ payload there: a few words, max_tokens 4 to 128.');
    expect(statements?.table?.rows.map((row) => row.slice(0, 4))).toContainEqual([
      'portkey',
      'plateau',
      'article',
      'reproduced',
    ]);
  });

  it('begins with those that contradict themselves', () => {
    const rows = conflicts?.table?.rows ?? [];
    const own = rows.map(([, , publisher]) => publisher?.endsWith(', both'));
    expect(own.lastIndexOf(true)).toBeLessThan(own.indexOf(false));
  });

  it('make the page that comes with the package', () => {
    expect(readFileSync(join(PACKAGE_ROOT, 'docs', 'claims.md'), 'utf8')).toBe(claimsPage(claims));
  });
});
