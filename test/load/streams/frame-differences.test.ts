import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proseOf } from '../../../common/tokens.js';
import { frameDifferences } from '../../../src/load/streams/frame-differences.js';

const SENT = proseOf(200);
const NONE = { lost: 0, joined: 0, reordered: 0, surplus: 0 };

describe('frameDifferences', () => {
  it('are none between equal frames', () => {
    expect(frameDifferences(SENT, SENT)).toEqual(NONE);
  });

  it('counts one lost frame once, wherever it is, and the end of a stream that was cut', () => {
    for (const at of [0, 7, 199]) {
      expect(frameDifferences(SENT.toSpliced(at, 1), SENT)).toEqual({ ...NONE, lost: 1 });
    }
    expect(frameDifferences(SENT.slice(0, 50), SENT)).toEqual({ ...NONE, lost: 150 });
    expect(frameDifferences([], SENT)).toEqual({ ...NONE, lost: 200 });
  });

  it('counts one of two that changed places', () => {
    expect(frameDifferences(['a', 'c', 'b', 'd'], ['a', 'b', 'c', 'd'])).toEqual({ ...NONE, reordered: 1 });
    expect(frameDifferences(['b', 'c', 'd', 'a'], ['a', 'b', 'c', 'd'])).toEqual({ ...NONE, reordered: 1 });
  });

  it('counts frames whose text came in the one before, and what was split', () => {
    expect(frameDifferences(['a', 'bcd', 'e'], ['a', 'b', 'c', 'd', 'e'])).toEqual({ ...NONE, joined: 2 });
    expect(frameDifferences(['a', 'b', 'c'], ['a', 'bc'])).toEqual({ ...NONE, surplus: 1 });
  });

  it('counts what was repeated or changed, and each of several mishaps', () => {
    expect(frameDifferences(['a', 'a', 'b'], ['a', 'b'])).toEqual({ ...NONE, surplus: 1 });
    expect(frameDifferences(['a', 'X', 'c'], ['a', 'b', 'c'])).toEqual({ ...NONE, lost: 1, surplus: 1 });
    // b is lost, d and e come together, g and h change places.
    expect(frameDifferences(['a', 'c', 'de', 'f', 'h', 'g', 'i'], [...'abcdefghi'])).toEqual({
      lost: 1,
      joined: 1,
      reordered: 1,
      surplus: 0,
    });
  });

  it('accounts for every frame that was sent and every one that came', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (seen, sent) => {
        const { lost, joined, reordered, surplus } = frameDifferences(seen, sent);
        expect(sent.length - lost - joined).toBe(seen.length - surplus);
        for (const count of [lost, joined, reordered, surplus]) expect(count).toBeGreaterThanOrEqual(0);
        if (seen.join() === sent.join()) expect([lost, joined, reordered, surplus]).toEqual([0, 0, 0, 0]);
        else expect(lost + joined + reordered + surplus).toBeGreaterThan(0);
      }),
    );
  });
});
