import { describe, expect, it } from 'vitest';
import type { RequestMix } from '../../../src/load/engine.js';
import { PreparedMix, roundOf } from '../../../src/load/native/prepared-mix.js';

const SPEC = { origin: 'http://127.0.0.1:1', path: '/', headers: {} };

function mixOf(weights: number[], requests = 1, order: RequestMix['order'] = 'drawn', seed = 3): RequestMix {
  const classes = weights.map((weight, index) => ({
    name: `c${index}`,
    weight,
    requests: Array.from({ length: requests }, (_, at) => ({
      body: `${index}.${at}`,
      expected: { stream: false, texts: null },
    })),
  }));
  return { classes, order, seed };
}

function bodies(mix: RequestMix, vu: number, count: number, vus = 10, prepared = prepare(mix, vus)): string[] {
  const draw = prepared.drawFor(vu);
  return Array.from({ length: count }, () => draw().bytes.toString().split('\r\n\r\n')[1] ?? '');
}

function prepare(mix: RequestMix, vus = 10, firstVu = 0): PreparedMix {
  return new PreparedMix(SPEC, mix, { firstVu, vus });
}

describe('the order of a mix', () => {
  it('gives each class its share of every thousand requests of a VU', () => {
    const sent = bodies(mixOf([70, 25, 5]), 4, 1000);
    expect([0, 1, 2].map((index) => sent.filter((body) => body === `${index}.0`).length)).toEqual([700, 250, 50]);
  });

  it('leaves no class out, however small', () => {
    expect(new Set(roundOf(mixOf([1_000_000, 1])))).toEqual(new Set([0, 1]));
  });

  it('is the same for a seed, another for another, and shuffled', () => {
    const first = bodies(mixOf([1, 1]), 0, 50);
    expect(bodies(mixOf([1, 1]), 0, 50)).toEqual(first);
    expect(bodies(mixOf([1, 1], 1, 'drawn', 4), 0, 50)).not.toEqual(first);
    expect(bodies(mixOf([1, 1]), 5, 50)).not.toEqual(first);
    expect(first).not.toEqual([...first].sort());
  });

  it('of one class takes its requests in turn, over all VUs', () => {
    const mix = mixOf([1], 3, 'in turn');
    const prepared = prepare(mix);
    const draws = [prepared.drawFor(0), prepared.drawFor(7)];
    const sent = [0, 1, 0, 1].map((vu) => draws[vu]?.().bytes.toString().split('\r\n\r\n')[1]);
    expect(sent).toEqual(['0.0', '0.1', '0.2', '0.0']);
    // Another worker begins at its own part of the file.
    expect(bodies(mix, 5, 1, 10, prepare(mix, 10, 5))).toEqual(['0.1']);
  });
});
