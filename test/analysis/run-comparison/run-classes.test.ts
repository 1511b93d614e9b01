import { describe, expect, it } from 'vitest';
import { runClasses } from '../../../src/analysis/run-comparison/run-classes.js';
import type { Run } from '../../../src/model/run.js';
import { calibrationOf } from '../../support/calibrations.js';
import { repeatsOf } from '../../support/compared-runs.js';
import { runOf } from '../../support/record-builder.js';

/** @param slower than the ordinary machine, in every kernel */
function runAt(id: string, slower = 1, facts: Partial<Run> = {}) {
  const calibration = calibrationOf({
    integer: 1.1 * slower,
    branches: 6 * slower,
    chaseL2: 4 * slower,
    chaseL3: 18 * slower,
    chaseMemory: 110 * slower,
    pageFault: 700 * slower,
    systemCall: 150 * slower,
    loopback: 18_000 * slower,
  });
  const records = repeatsOf('a', [1000, 1001, 999], () => ({
    calibration: { before: calibration, after: calibration },
  }));
  return { run: runOf(records, { id, ...facts }), records };
}

const idsOf = (classes: ReturnType<typeof runClasses>) => classes.map(({ runs }) => runs.map(({ run }) => run.id));

describe('runClasses', () => {
  it('keeps runs of one machine together, and names what tells another apart', () => {
    const machine = { ...runOf([]).machine, hostname: 'other', cores: 2 };
    const classes = runClasses([
      runAt('1'),
      runAt('2'),
      runAt('3', 1, { machine }),
      runAt('4'),
      runAt('5', 1, { machine }),
    ]);
    expect(idsOf(classes)).toEqual([
      ['1', '2', '4'],
      ['3', '5'],
    ]);
    expect(classes.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(classes[0]?.differs).toEqual([]);
    expect(classes[1]?.differs).toEqual(['machine: host name was bench, is other', 'machine: cores was 8, is 2']);
  });

  it('parts a machine that has become slower, also by small steps', () => {
    expect(idsOf(runClasses([runAt('1'), runAt('2', 1.02), runAt('3', 1.2)]))).toEqual([['1', '2'], ['3']]);
    // 5 % each time, of which 8 % are allowed between any two of a class.
    expect(idsOf(runClasses([runAt('1'), runAt('2', 1.05), runAt('3', 1.1025), runAt('4', 1.1576)]))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('names classes beyond Z as a spreadsheet does', () => {
    const runs = Array.from({ length: 28 }, (_, at) =>
      runAt(String(at), 1, { engine: { name: 'k6', version: `${at}` } }),
    );
    expect(
      runClasses(runs)
        .map(({ name }) => name)
        .slice(24),
    ).toEqual(['Y', 'Z', 'AA', 'AB']);
  });
});
