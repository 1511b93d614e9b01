import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { PerfScriptParser } from '../../../../src/profiles/formats/perf-script/perf-script.js';

const MB = 2 ** 20;
/** What a pipe gives at once. */
const CHUNK = 2 ** 16;
const FUNCTIONS = 1_000;
const STACKS = 2_000;
const DEPTH = 30;
/** Functions that are seen once, each in a chunk of its own: a name that keeps its chunk alive keeps 64 KB. */
const RARE = 250;
const RARE_EVERY = 30;
const THREADS = 2;
/** Its time, stack and weight, for the order of samples. */
const MAX_BYTES_PER_SAMPLE = 100;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** One sample after the other, of a fixed number of stacks and threads, each with addresses and a time of its own. */
function* perfText(): Generator<string> {
  let drawn = 1;
  const draw = (below: number) => {
    drawn = (Math.imul(drawn, 1664525) + 1013904223) >>> 0;
    return (drawn >>> 8) % below;
  };
  for (let at = 0; ; at++) {
    const stack = draw(STACKS);
    let text = `pool worker  4000/${4000 + draw(THREADS)} ${(1000 + at / 99).toFixed(6)}:   10101010 cpu-clock: \n`;
    const rare = at / RARE_EVERY;
    const isRare = Number.isInteger(rare) && rare < RARE;
    if (isRare) {
      text += `\t${rare.toString(16)} ns::(anonymous namespace)::rare_function_${rare}+0x1 (/usr/lib/module.so)\n`;
    }
    for (let level = 0; level < (isRare ? 0 : DEPTH); level++) {
      const place = (stack * 7 + level * (1 + (stack % 5)) * 13) % FUNCTIONS;
      const offset = draw(0xfff).toString(16);
      text += `\t${(place * 4096 + draw(4096)).toString(16).padStart(16)} ns::(anonymous namespace)::function_${place}+0x${offset} (/usr/lib/module_${place % 9}.so)\n`;
    }
    // Compiled code without a map: an address of its own each time.
    text += `\t${(0x7f0000000000 + draw(2 ** 24) * 4096 + draw(4096)).toString(16)} [unknown] (/tmp/perf-4001.map)\n`;
    yield `${text}\n`;
  }
}

/** What the heap holds after each of these amounts of text, beyond what it held before. */
function heldAfter(megabytes: readonly number[]): { heldMb: number[]; samples: number[] } {
  const parser = new PerfScriptParser();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const heldMb: number[] = [];
  const samples: number[] = [];
  let fed = 0;
  let read = 0;
  let chunk = '';
  for (const text of perfText()) {
    fed += 1;
    chunk += text;
    if (chunk.length < CHUNK) continue;
    // A pipe's chunks are strings of their own, not joined ones.
    const piece = Buffer.from(chunk, 'latin1').toString('latin1');
    parser.feed(piece);
    read += piece.length;
    chunk = '';
    if (read < (megabytes[heldMb.length] ?? 0) * MB) continue;
    collectGarbage();
    heldMb.push((process.memoryUsage().heapUsed - before) / MB);
    samples.push(fed);
    if (heldMb.length === megabytes.length) break;
  }
  const [profile] = parser.end().profiles;
  expect(profile.stacks.reduce((sum, stack) => sum + stack.samples, 0)).toBe(fed);
  return { heldMb, samples };
}

describe('200 MB of perf script', () => {
  it('take no more memory than 20 MB with the same stacks do, but for the order of samples', {
    timeout: 120_000,
  }, () => {
    const { heldMb, samples } = heldAfter([20, 110, 200]);
    const [at20 = 0, at110 = 0, at200 = 0] = heldMb;
    const [first = 0, second = 0, third = 0] = samples;
    const allowedMb = (count: number) => 1 + (count * MAX_BYTES_PER_SAMPLE) / MB;
    expect(third).toBeGreaterThan(70_000);
    // 1,000 functions and 4,000 stacks of 30: text that was held on to would be as much as was read, 2.8 KB a sample.
    expect(at20).toBeLessThan(6 + allowedMb(first));
    expect(at110).toBeLessThan(at20 + allowedMb(second - first));
    expect(at200).toBeLessThan(at20 + allowedMb(third - first));
  });
});
