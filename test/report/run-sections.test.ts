import { describe, expect, it } from 'vitest';
import { runSpeed } from '../../src/analysis/machine-speed.js';
import type { LoadPriority, Placement, Run } from '../../src/model/run.js';
import { reproduceCommands } from '../../src/report/reproduce.js';
import { runSection } from '../../src/report/run-sections.js';
import { calibrationOf } from '../support/calibrations.js';
import { type CellFacts, recordOf, runOf } from '../support/record-builder.js';

function sectionOf(facts: Partial<CellFacts>[], run: Partial<Run> = {}) {
  const records = facts.map((each, index) => recordOf({ gateway: 'ferro', vus: 50, repeat: index + 1, ...each }));
  const { table, notes } = runSection(runOf(records, run), records, runSpeed(records));
  const rows = new Map(table?.rows.map(([title = '', text = '']) => [title, text]));
  return { rows, notes };
}

const OF_K6 = {
  'requests.sent': 'k6 does not count it',
  'requests.inFlightAtEnd': 'k6 does not count it',
  seconds: 'k6 sums up the whole window',
  connectUs: 'k6 counts 0',
};

describe('run section', () => {
  it('adds up the requests of all windows', () => {
    const { rows, notes } = sectionOf([{ ratePerSec: 10 }, { ratePerSec: 20 }]);
    expect(rows.get('Requests in the windows')).toBe(
      '1,900 sent: 1,800 succeeded, 0 failed, 100 in flight when their window ended',
    );
    expect(notes).toEqual([]);
  });

  it('says how steady the machine was, or that nobody looked', () => {
    const slow = calibrationOf({ systemCall: 300 });
    const ordinary = { calibration: { before: calibrationOf(), after: calibrationOf() } };
    const facts = [ordinary, ordinary, { calibration: { before: slow, after: calibrationOf() } }];
    expect(sectionOf(facts, { calibration: true }).rows.get('Own speed')).toMatch(
      /^measured around 3 cells: the same work took 100\.0 % to 1\d\d\.\d % of the CPU time in the middle of the run$/,
    );
    expect(sectionOf([{}], { calibration: false }).rows.get('Own speed')).toBe('not measured');
    expect(sectionOf([{}], { calibration: true }).rows.get('Own speed')).toBe('not known yet');
  });

  it('has a dash and the reason for what one window lacks, never a smaller sum', () => {
    const { rows, notes } = sectionOf([{ ratePerSec: 10, absent: OF_K6 }, { ratePerSec: 20 }]);
    expect(rows.get('Requests in the windows')).toBe(
      '– ² sent: 1,800 succeeded, 0 failed, – ² in flight when their window ended',
    );
    expect(rows.get('Load engine')).toBe('autocannon 8.0.0 ¹');
    expect(notes).toEqual([
      '¹ Not reported by autocannon: seconds (k6 sums up the whole window); connectUs (k6 counts 0).',
      '² Not counted: k6 does not count it.',
    ]);
  });

  it.each<[Placement, string, string]>([
    [{ kind: 'off', reason: '2 CPUs are too few' }, 'no CPUs set apart: 2 CPUs are too few', '--pin off'],
    [
      { kind: 'pinned', load: '0-1', gateway: '2-7', chosenBy: 'auto' },
      'load engine and mock on CPUs 0-1, gateway on CPUs 2-7 (chosen by gatebench)',
      '--pin load=0-1,gateway=2-7',
    ],
  ])('says where everything ran, and how to have it so again', (placement, words, option) => {
    expect(sectionOf([{}], { placement }).rows.get('Placement')).toBe(words);
    expect(reproduceCommands(runOf([recordOf({ gateway: 'ferro', vus: 50 })], { placement })).join('\n')).toContain(
      option,
    );
  });

  it.each<[LoadPriority, string, string]>([
    [{ kind: 'normal', reason: 'the system refuses it' }, 'as any process: the system refuses it', 'off'],
    [{ kind: 'realtime', chosenBy: 'auto' }, 'real-time (SCHED_RR), chosen by gatebench', 'realtime'],
    [{ kind: 'realtime', chosenBy: 'user' }, 'real-time (SCHED_RR), as asked for', 'realtime'],
  ])('says how the mock was scheduled, and how to have it so again', (loadPriority, words, option) => {
    expect(sectionOf([{}], { loadPriority }).rows.get('Mock’s priority')).toBe(words);
    const commands = reproduceCommands(runOf([recordOf({ gateway: 'ferro', vus: 50 })], { loadPriority }));
    expect(commands.join('\n')).toContain(`--load-priority ${option} `);
  });
});
