import { describe, expect, it } from 'vitest';
import { selfbenchDocument } from '../../../src/app/selfbench/document.js';
import type { TrialOutcome } from '../../../src/app/selfbench/median-rows.js';
import type { SelfbenchResult } from '../../../src/app/selfbench/result.js';
import { judgeTargets } from '../../../src/app/selfbench/targets.js';
import { exampleMachine } from './machine.js';
import { aTrial, measured, rowsOf } from './rows.js';

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
  return selfbenchDocument({
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
    expect(document()).toContain('- k6: there is none (gatebench setup)');
    expect(document({ absent: [] })).not.toContain('did not take part');
  });

  it('says so where nothing was measured', () => {
    expect(document({ rows: [] })).toContain('Nothing was measured.');
  });
});
