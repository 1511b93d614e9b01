import { describe, expect, it } from 'vitest';
import { type FitnessRequest, requireFit } from '../../../src/app/bench/require-fit.js';
import type { Check } from '../../../src/app/doctor/check.js';
import { InterruptedError } from '../../../src/lib/errors.js';
import { sleep } from '../../../src/lib/sleep.js';

const QUIET: Check = { subject: 'other programs', verdict: 'ok', message: 'they took 1 %' };
const RESTLESS: Check = { ...QUIET, verdict: 'warn', message: 'they took 3 %' };
const BUSY: Check = { ...QUIET, verdict: 'fail', message: 'they took 90 %: spin (PID 7) 90 %', hint: 'stop them' };
const FEW_CORES: Check = { subject: 'cores', verdict: 'warn', message: '2' };

/** Require it of a machine with these checks, one after another; the last ones stay. */
async function require(request: Partial<FitnessRequest>, checks: Check[][], signal = new AbortController().signal) {
  const told: string[] = [];
  let checked = 0;
  await requireFit(
    { requireFit: false, waitForQuietS: null, ...request },
    {
      check: async () => {
        await sleep(5, signal);
        return checks[Math.min(checked++, checks.length - 1)] ?? [];
      },
      status: (text) => told.push(text),
      signal,
    },
  );
  return { told, checked };
}

describe('requireFit', () => {
  it('says in one line that nothing is wrong', async () => {
    expect(await require({}, [[QUIET]])).toEqual({ told: ['machine: quiet and fit to measure'], checked: 1 });
  });

  it('says what is wrong, and goes on', async () => {
    const { told } = await require({}, [[BUSY, FEW_CORES]]);
    expect(told).toEqual([
      'machine: not fit to measure, so cells may be invalid\n' +
        '  fail  other programs: they took 90 %: spin (PID 7) 90 %\n  warn  cores: 2',
    ]);
  });

  it('goes on with warnings where the machine has to be fit', async () => {
    const { told } = await require({ requireFit: true }, [[RESTLESS, FEW_CORES]]);
    expect(told[0]).toMatch(/^machine: fit to measure, but\n {2}warn {2}other programs/);
  });

  it('refuses where the machine has to be fit and is not', async () => {
    await expect(require({ requireFit: true }, [[FEW_CORES, BUSY]])).rejects.toMatchObject({
      message: 'this machine is not fit to measure: other programs: they took 90 %: spin (PID 7) 90 %',
      hint: 'stop them',
      exitCode: 1,
    });
  });

  it('waits until other programs are quiet, and says what it waits for', async () => {
    const { told, checked } = await require({ waitForQuietS: 60 }, [[BUSY], [RESTLESS], [QUIET, FEW_CORES]]);
    expect(checked).toBe(3);
    expect(told).toEqual([
      expect.stringMatching(/^waiting until the machine is quiet, for 1 min at most: other programs: they took 90 %/),
      'machine: fit to measure, but\n  warn  cores: 2',
    ]);
  });

  it('does not wait for what waiting does not change', async () => {
    const { checked } = await require({ waitForQuietS: 60 }, [[QUIET, { ...FEW_CORES, verdict: 'fail' }]]);
    expect(checked).toBe(1);
  });

  it('gives up when the time is over, with the reason', async () => {
    await expect(require({ waitForQuietS: 0.05 }, [[BUSY]])).rejects.toMatchObject({
      message: expect.stringMatching(/^the machine did not get quiet within .*: other programs: they took 90 %/),
      hint: 'stop them',
      exitCode: 1,
    });
  });

  it('ends at once when it is interrupted', async () => {
    const controller = new AbortController();
    const waiting = require({ waitForQuietS: 600 }, [[BUSY]], controller.signal);
    setTimeout(() => controller.abort(new InterruptedError()), 30);
    await expect(waiting).rejects.toBeInstanceOf(InterruptedError);
  });
});
