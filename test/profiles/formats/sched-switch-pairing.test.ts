import { describe, expect, it } from 'vitest';
import { SwitchPairing } from '../../../src/profiles/formats/sched-switch.js';

describe('SwitchPairing', () => {
  it('bills the time away to the stack that a thread left with', () => {
    const pairing = new SwitchPairing<string>();
    pairing.out(1, 100, 'S', 'a');
    pairing.out(2, 150, 'D', 'b');
    expect(pairing.in(2, 160)).toEqual({ stack: 'b', ready: false, waitedNs: 10 });
    expect(pairing.in(1, 400)).toEqual({ stack: 'a', ready: false, waitedNs: 300 });
  });

  it.each([
    ['R', true],
    ['R+', true],
    ['S', false],
    ['D|W', false],
    ['I', false],
  ])('tells a thread that could have run: %s', (state, ready) => {
    const pairing = new SwitchPairing<string>();
    pairing.out(1, 0, state, 'a');
    expect(pairing.in(1, 5)?.ready).toBe(ready);
  });

  it('knows nothing of a thread that was away before the first event, or twice back', () => {
    const pairing = new SwitchPairing<string>();
    expect(pairing.in(1, 10)).toBeNull();
    pairing.out(1, 20, 'S', 'a');
    pairing.in(1, 30);
    expect(pairing.in(1, 40)).toBeNull();
  });

  it('takes the later of two leavings where the return between them was lost', () => {
    const pairing = new SwitchPairing<string>();
    pairing.out(1, 0, 'S', 'a');
    pairing.out(1, 100, 'S', 'b');
    expect(pairing.in(1, 130)).toEqual({ stack: 'b', ready: false, waitedNs: 30 });
  });

  it('does not wait for the dead', () => {
    const pairing = new SwitchPairing<string>();
    pairing.out(1, 0, 'X', 'a');
    pairing.out(2, 0, 'Z', 'a');
    expect(pairing.in(1, 1000)).toBeNull();
    expect(pairing.rest(2000)).toEqual([]);
  });

  it('hands out what is still away at the end, once', () => {
    const pairing = new SwitchPairing<string>();
    pairing.out(1, 100, 'S', 'a');
    expect(pairing.rest(250)).toEqual([{ stack: 'a', ready: false, waitedNs: 150 }]);
    expect(pairing.rest(300)).toEqual([]);
  });
});
