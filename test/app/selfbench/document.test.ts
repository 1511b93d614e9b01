import { describe, expect, it } from 'vitest';
import { keepNotes, NOTES_MARK, renderDocument } from '../../../src/app/selfbench/document.js';
import type { TrialOutcome } from '../../../src/app/selfbench/figures.js';
import type { SelfbenchResult } from '../../../src/app/selfbench/selfbench.js';
import { judgeTargets } from '../../../src/app/selfbench/targets.js';
import { runOf } from '../../support/record-builder.js';
import { aTrial, measured, rowsOf } from './rows.js';

const exampleMachine = { ...runOf([]).machine, hostname: 'secret-host' };

const outcomes: TrialOutcome[] = [
  measured({}, { engineCpuUs: 16 }, 1),
  measured({}, { engineCpuUs: 18 }, 2),
  measured({ engine: 'autocannon' }, { engineCpuUs: 34, p999Us: null, balanced: null }),
  measured({ upstream: 'node-http' }, { upstreamCpuUs: 40 }),
  measured({ upstream: 'nginx', latency: '0s', vus: 50 }, { ratePerSec: 61_234.5 }),
  measured(
    { latency: 'bimodal(60ms,200ms,0.1)', vus: 300, againstTruth: true },
    { errors: [{ q: 0.5, measuredUs: 60_210, trueUs: 60_000 }] },
  ),
  { round: 1, trial: aTrial({ engine: 'wrk' }), kind: 'failed', reason: 'it | broke' },
];

function document(changes: Partial<SelfbenchResult> = {}): string {
  const rows = rowsOf(...outcomes);
  return renderDocument({
    createdAt: '2026-05-04T10:00:00.000Z',
    harness: { version: '0.1.0', commit: '0123456789abcdef', dirty: false, node: 'v20.20.2' },
    machine: exampleMachine,
    load1Before: 1.25,
    settings: { durationS: 5, warmupS: 1.5, rounds: 2 },
    driver: 'native',
    engines: [{ name: 'native', version: '0.1.0' }],
    upstreams: [{ kind: 'mock', title: 'the mock upstream', version: '0.1.0' }],
    absent: [{ name: 'k6', reason: 'there is none', hint: 'gatebench setup' }],
    outcomes,
    rows,
    targets: judgeTargets(rows),
    ...changes,
  });
}

/** Cells of the table line that begins with these. */
function line(text: string, ...start: string[]): string[] {
  const lines = text.split('\n').map((each) =>
    each
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const found = lines.filter((cells) => start.every((cell, index) => cells[index] === cell));
  expect(found, start.join(' | ')).toHaveLength(1);
  return found[0] ?? [];
}

describe('docs/performance.md', () => {
  it('is the same for the same result', () => {
    expect(document()).toBe(document());
  });

  it('says when, where and of what', () => {
    for (const words of [
      '2026-05-04T10:00:00.000Z',
      '8 × Example CPU',
      'commit 0123456789ab',
      'minute before: 1.25 on 8 cores',
      'native 0.1.0',
      '2 rounds',
      '5 s each',
    ])
      expect(document()).toContain(words);
    expect(document()).not.toContain(exampleMachine.hostname);
  });

  it('shows the engines side by side, with ratios of their CPU', () => {
    expect(line(document(), 'mock, 60 ms', '1,000', 'native \\*')).toEqual([
      'mock, 60 ms',
      '1,000',
      'native \\*',
      '16,300',
      '60.3',
      '61.0',
      '62.0',
      '0',
      'balance',
      '17.0',
      '0.50',
      '–',
      '20.0',
      '12 %',
    ]);
    expect(line(document(), 'mock, 60 ms', '1,000', 'autocannon')).toEqual([
      'mock, 60 ms',
      '1,000',
      'autocannon',
      '16,300',
      '60.3',
      '61.0',
      '–',
      '0',
      '–',
      '34.0',
      '1.00',
      '–',
      '20.0',
      '–',
    ]);
    expect(line(document(), 'nginx, 0 ms')[3]).toBe('61,235');
  });

  it('shows how far the engines agree, as ratios and differences to the driver', () => {
    const rows = rowsOf(
      measured({ vus: 50 }, { ratePerSec: 824, p50Us: 60_700, p99Us: 62_100 }),
      measured({ vus: 50, engine: 'wrk' }, { ratePerSec: 818.4, p50Us: 60_650, p99Us: 63_200 }),
      measured({ vus: 50, engine: 'k6' }, { ratePerSec: 810, p50Us: null, p99Us: null }),
      measured({ vus: 300 }, {}),
      measured({ vus: 50, latency: '0s' }, {}),
      measured({ vus: 50, latency: '0s', engine: 'wrk' }, {}),
    );
    const parity = document({ rows }).split('## Parity')[1]?.split('## Mocks')[0] ?? '';
    expect(line(parity, '50', 'native')).toEqual(['50', 'native', '824', '1.000', '60.7', '0.00', '62.1', '1.00']);
    expect(line(parity, '50', 'wrk')).toEqual(['50', 'wrk', '818', '0.993', '60.7', '-0.05', '63.2', '1.02']);
    expect(line(parity, '50', 'k6')).toEqual(['50', 'k6', '810', '0.983', '–', '–', '–', '–']);
    // What no other engine measured has no parity, and neither has an upstream without latency.
    expect(parity.match(/^\| (?:50|300)/gm)).toHaveLength(3);
  });

  it('shows the mock beside its peers, with ratios of their CPU', () => {
    const mocks = document().split('## Mocks')[1]?.split('## Percentiles')[0] ?? '';
    expect(line(mocks, 'mock, 60 ms')).toEqual([
      'mock, 60 ms',
      '1,000',
      '16,300',
      '60.3',
      '61.0',
      '62.0',
      '0',
      'balance',
      '20.0',
      '0.50',
      '–',
      '17.0',
      '0 %',
    ]);
    expect(line(mocks, 'node-http, 60 ms')[9]).toBe('1.00');
  });

  it('shows percentiles beside the truth', () => {
    expect(line(document(), 'bimodal(60ms,200ms,0.1)')).toEqual([
      'bimodal(60ms,200ms,0.1)',
      '300',
      'p50',
      '60.21',
      '60.00',
      '+0.21',
      '0.35',
    ]);
  });

  it('names what failed, with nothing of it becoming markup, and what did not take part', () => {
    expect(document()).toContain('wrk, mock, 60 ms, 1,000 VUs: not measured: it \\| broke');
    expect(document()).toContain('## Not measured\n\n- k6: there is none (gatebench setup)');
    expect(document({ absent: [] })).not.toContain('## Not measured');
  });

  it('says so where nothing was measured', () => {
    expect(document({ rows: [] })).toContain('Nothing was measured.');
  });
});

describe('notes below the figures', () => {
  it('have a place from the start', () => {
    expect(keepNotes('# Figures\n', null)).toBe(`# Figures\n\n${NOTES_MARK}\n`);
  });

  it('stay when the figures are replaced, however often', () => {
    const written = `${keepNotes('# Old\n', null)}\n## What limits it\n\nThe kernel.\n`;
    const once = keepNotes('# New\n', written);
    expect(once).toBe(`# New\n\n${NOTES_MARK}\n\n## What limits it\n\nThe kernel.\n`);
    expect(keepNotes('# New\n', once)).toBe(once);
  });

  it('are nothing of a file that has no place for them', () => {
    expect(keepNotes('# New\n', 'something else')).toBe(`# New\n\n${NOTES_MARK}\n`);
  });
});
