import { describe, expect, it } from 'vitest';
import { validitySection } from '../../src/report/validity-table.js';
import { gateOf, recordOf } from '../support/record-builder.js';

describe('validity table', () => {
  const section = validitySection([
    recordOf({ gateway: 'a', vus: 50 }),
    recordOf({ gateway: 'a', vus: 150, gates: [gateOf('pass'), { ...gateOf('warn', '3 % off'), gate: 'steal time' }] }),
    recordOf({
      gateway: 'a',
      vus: 300,
      outcome: { kind: 'invalid', reasons: ['9 % off'] },
      gates: [gateOf('invalid', '9 % off'), { ...gateOf('unknown', 'could not be read'), gate: 'steal time' }],
    }),
    recordOf({ gateway: 'b', vus: 50, outcome: { kind: 'skipped', reason: 'not installed' } }),
  ]);

  it('has a row for every warning and every invalid gate', () => {
    expect(section.table?.rows).toEqual([
      ['a-v150-r1', 'steal time', 'warn', '3 % off'],
      ['a-v300-r1', "Little's law", 'invalid', '9 % off'],
    ]);
  });

  it('counts what was judged and what passed', () => {
    expect(section.lead[0]).toContain('3 of 4 cells were measured and judged; 1 of them passed');
  });

  it('says what could not be told', () => {
    expect(section.notes).toEqual(['Unknown: steal time in 1 cell (could not be read).']);
  });

  it('says which cells were measured again, and why', () => {
    const record = recordOf({ gateway: 'a', vus: 50 });
    const earlierAttempts = [{ startedAt: record.startedAt, reasons: ['other programs: they took 40 %'] }];
    expect(validitySection([{ ...record, earlierAttempts }]).notes).toEqual([
      'a-v50-r1 was measured 2 times, and its last measurement counts. Invalid because of the machine, and kept in ' +
        'cells/a-v50-r1/attempts: attempt 1: other programs: they took 40 %.',
    ]);
  });

  it('has no table where nothing was found', () => {
    expect(validitySection([recordOf({ gateway: 'a', vus: 50 })]).table).toBeNull();
  });
});
