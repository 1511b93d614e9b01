import { describe, expect, it } from 'vitest';
import { levelState, type Window } from '../../../src/analysis/capacity/level.js';

const REPEATS = { minRepeats: 3, maxRepeats: 6 };
type Errors = { failed: number; completions: number; limitShare: number };

function windows(excess: (number | null)[], errors: Errors | null = null): Window[] {
  return excess.map((value) => ({ kind: 'measured', level: 50, excess: value, stalled: false, errors }));
}

const status = (own: Window[]) => levelState(50, own, REPEATS).status;

describe('a level', () => {
  it('only leans with fewer windows than decide', () => {
    expect(status(windows([-0.5, -0.5]))).toBe('leans-pass');
    expect(status(windows([0.5]))).toBe('leans-fail');
  });

  it('is decided where the interval is on one side of the limit', () => {
    expect(status(windows([-0.5, -0.52, -0.48]))).toBe('pass');
    expect(status(windows([0.5, 0.52, 0.48]))).toBe('fail');
    expect(status(windows([-0.5, -0.1, -0.15]))).toBe('leans-pass');
  });

  it('stays undecided after its last window', () => {
    expect(status(windows([-0.1, 0.1, -0.1, 0.1, -0.1, 0.12]))).toBe('unsure');
  });

  it('gets no more windows once the last one it may have most likely won’t decide it', () => {
    expect(status(windows([-0.5, -0.1, 0.2]))).toBe('unsure');
    expect(status(windows([-0.001, -0.001, -0.001]))).toBe('unsure');
    // Before the fewest windows that decide, nothing is known of the noise.
    expect(status(windows([-0.001, -0.001]))).toBe('leans-pass');
  });

  it('stays as it was decided, whatever windows for other objectives say later', () => {
    expect(status(windows([-0.5, -0.52, -0.48, 0.4, 0.5]))).toBe('pass');
    expect(status(windows([0.5, 0.52, 0.48, -0.4, -0.5]))).toBe('fail');
    // After its last window nothing decides it any more.
    expect(status(windows([-0.1, 0.1, -0.1, 0.1, -0.1, 0.12, -0.5, -0.5, -0.5, -0.5]))).toBe('unsure');
  });

  it('is not decided by windows that happen to agree', () => {
    expect(status(windows([-0.008, -0.008, -0.008]))).toBe('leans-pass');
  });

  it('fails once the gateway broke, however well it did before', () => {
    const own: Window[] = [...windows([-0.5, -0.5, -0.5]), { kind: 'broken', level: 50, reason: 'it crashed' }];
    expect(levelState(50, own, REPEATS)).toMatchObject({ status: 'fail', broken: 'it crashed' });
  });

  it('fails for errors of all its windows together', () => {
    const errors = (failed: number) => ({ failed, completions: 5000, limitShare: 0.001 });
    expect(status(windows([-0.5, -0.5, -0.5], errors(4)))).toBe('pass');
    expect(status(windows([-0.5, -0.5, -0.5], errors(6)))).toBe('leans-fail');
    expect(status(windows([-0.5, -0.5, -0.5], errors(20)))).toBe('fail');
    expect(status(windows([null, null], errors(0)))).toBe('leans-pass');
    expect(status(windows([null, null, null], errors(0)))).toBe('pass');
    expect(status(windows(new Array(6).fill(null), errors(6)))).toBe('unsure');
  });
});
