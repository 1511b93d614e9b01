import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../../src/model/record.js';
import { bestFigures } from '../../../src/report/answer/best-figures.js';
import { broken } from '../../../src/report/answer/broken.js';
import { doubts } from '../../../src/report/answer/doubts.js';
import { fastest } from '../../../src/report/answer/fastest.js';
import { derivedOf } from '../../support/derived-report.js';
import { exampleRun } from '../../support/example-run.js';
import { gateOf, recordOf, runOf } from '../../support/record-builder.js';

/** Five repeats of each gateway, with rates that differ a little from repeat to repeat. */
function repeated(rates: Record<string, number>, vus = 50): CellRecord[] {
  return Object.entries(rates).flatMap(([gateway, rate]) =>
    [0.998, 1.001, 1, 0.999, 1.002].map((noise, at) =>
      recordOf({ gateway, title: gateway.toUpperCase(), vus, repeat: at + 1, ratePerSec: rate * noise }),
    ),
  );
}

describe('who is fastest', () => {
  it('is said with interval and difference where repeats show it', () => {
    const { headline, sentences } = fastest(derivedOf(repeated({ direct: 900, slow: 700, quick: 800 })));
    expect(headline).toMatch(/^QUICK is the fastest gateway at 50 VUs: 800 ± 0\.\d+ % requests per second\.$/);
    expect(sentences.join(' ')).toMatch(/^It is 14 % faster than SLOW \[1[34], 1[45]\]\.$/);
  });

  it('is nobody alone where two can’t be told apart, and those that are slower are named', () => {
    const { headline, sentences } = fastest(derivedOf(repeated({ a: 800, b: 800.1, c: 600 })));
    expect(headline).toMatch(/^B and A can’t be told apart at 50 VUs: 800 requests per second\.$/);
    expect(sentences.join(' ')).toContain('no difference seen');
    expect(sentences).toContain('Slower for sure: C.');
  });

  it('claims no certainty for cells that were measured once', () => {
    const records = [
      recordOf({ gateway: 'a', vus: 50, ratePerSec: 800 }),
      recordOf({ gateway: 'b', vus: 50, ratePerSec: 400 }),
    ];
    const { headline, sentences } = fastest(derivedOf(records));
    expect(headline).toBe('a had the highest rate at 50 VUs: 800 requests per second, 2.00 times as many as b.');
    expect(sentences[0]).toContain('measured once, so how much of that is chance isn’t known');
  });

  it('is about gateways and not about what they are measured against', () => {
    const records = [
      recordOf({ gateway: 'direct', vus: 50, ratePerSec: 2000 }),
      recordOf({ gateway: 'nginx', vus: 50, ratePerSec: 1900, baseline: true }),
      recordOf({ gateway: 'a', vus: 50, ratePerSec: 800 }),
      recordOf({ gateway: 'b', vus: 50, ratePerSec: 400 }),
    ];
    expect(fastest(derivedOf(records)).headline).toMatch(/^a had the highest rate/);
    expect(bestFigures(derivedOf(records)).map(({ gateway }) => gateway)).not.toContain('nginx');
  });

  it('counts no cell that can’t be trusted', () => {
    const records = [
      recordOf({ gateway: 'a', vus: 50, ratePerSec: 800, outcome: { kind: 'invalid', reasons: ['late'] } }),
      recordOf({ gateway: 'b', vus: 50, ratePerSec: 400 }),
    ];
    expect(fastest(derivedOf(records)).headline).toBe(
      'b alone has a rate to trust at 50 VUs: 400 requests per second.',
    );
    expect(fastest(derivedOf(records.slice(0, 1))).headline).toBe('No gateway has a rate that can be trusted.');
  });

  it('says at which other levels it is the same', () => {
    const records = [50, 150, 300].flatMap((vus) => repeated({ quick: vus === 50 ? 600.2 : 800, slow: 600 }, vus));
    const { headline, sentences } = fastest(derivedOf(records));
    expect(headline).toContain('QUICK is the fastest gateway at 300 VUs');
    expect(sentences).toContain('It is the fastest at 150 VUs too.');
    expect(sentences.join(' ')).toMatch(/At 50 VUs, QUICK and SLOW can’t be told apart \(600 requests per second\)\./);
  });
});

describe('who broke', () => {
  const { run, records } = exampleRun();
  const found = broken(derivedOf(records, run));

  it('names crashes, failed cells and failed requests, where and why', () => {
    const text = found.broke.join('\n');
    expect(text).toMatch(
      /^Bifrost at 300 VUs: crashed 12\.3 s into the window \(exit code 2\): its process ended under load/m,
    );
    expect(text).toContain('Last line of its log: "fatal error: concurrent map writes | 0x_1".');
    expect(text).toMatch(/^Bifrost at 1,000 VUs: failed at ready/m);
  });

  it('leaves out a failure in a hundred thousand', () => {
    const quiet = recordOf({ gateway: 'a', vus: 50, ratePerSec: 2_000, failed: { timeout: 1 } });
    const loud = recordOf({ gateway: 'b', vus: 50, ratePerSec: 2_000, failed: { timeout: 5_000 } });
    const { broke } = broken(derivedOf([quiet, loud]));
    expect(broke).toHaveLength(1);
    expect(broke[0]).toMatch(/^b at 50 VUs: 5,000 of 125,000 requests failed \(4 %\): timeout 5,000\.$/);
  });

  it('names gateways that weren’t measured', () => {
    expect(found.skipped.join()).toMatch(/^Kong OSS \(plain proxy\) was skipped: kong 3\.9\.1 is not installed/);
  });
});

describe('what can’t be trusted', () => {
  it('names each gate with the cells, and says what has no interval', () => {
    const { run, records } = exampleRun();
    const text = doubts(derivedOf(records, run)).join('\n');
    expect(text).toContain(
      "1 of 30 cells is invalid, drawn hollow, and in brackets in the tables. Little's law: LiteLLM proxy at 500 VUs.",
    );
    expect(text).toContain("Warnings, which leave the judgement to you: Little's law in 3 cells.");
    expect(text).toContain('No figure has an interval: that takes 3 trusted repeats.');
    expect(text).toContain('shared 8 CPUs');
  });

  it('is little where repeats pass every gate', () => {
    const records = repeated({ a: 8_000, b: 7_000 });
    const run = runOf(records, { placement: { kind: 'pinned', load: '0-1', gateway: '2-7', chosenBy: 'auto' } });
    expect(doubts(derivedOf(records, run))).toEqual([expect.stringContaining('noise floor was not measured')]);
  });

  it('tells of cells that are missing', () => {
    const records = [
      recordOf({ gateway: 'a', vus: 50 }),
      recordOf({ gateway: 'a', vus: 150, gates: [gateOf('pass')] }),
    ];
    const text = doubts(derivedOf(records.slice(0, 1), runOf(records))).join('\n');
    expect(text).toContain('1 cell of the plan was not measured.');
  });
});
