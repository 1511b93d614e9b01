import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LoadParameters } from '../../../remote-programs/k6/parameters.d.ts';
import { k6Script } from '../../../src/load/k6/script.js';
import { levelAt } from '../../../src/load/load-segments.js';
import { aSpec } from '../external/spec.js';

/** What the script is given. */
function parametersOf(script: string): LoadParameters {
  const text = /^const LOAD = (\{\n[\s\S]*?\n\});\n/.exec(script)?.[1];
  return JSON.parse(text ?? 'null');
}

/** The options that k6 would see. */
function optionsOf(script: string): { scenarios: Record<string, object>; [option: string]: unknown } {
  return JSON.parse(evaluated(script, 'options'));
}

/** Node runs the script's own text, with k6's modules left out. @returns the expression's value as JSON */
function evaluated(script: string, expression: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-script-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const text = script.replace(/^import .* from 'k6.*';$/gm, '');
  writeFileSync(join(folder, 'load.mjs'), `const __ENV = {};\n${text}\nconsole.log(JSON.stringify(${expression}));\n`);
  return execFileSync(process.execPath, [join(folder, 'load.mjs')], { encoding: 'utf8' });
}

describe('k6Script', () => {
  const spec = aSpec({ vus: 150, warmupS: 15, durationS: 60, timeoutS: 30, body: '{"text":"`$x`\\n"}' });

  it('drives constant VUs without a grace, first to warm up and then to measure', () => {
    expect(optionsOf(k6Script(spec, null))).toMatchObject({
      scenarios: {
        warmup: { executor: 'constant-vus', vus: 150, gracefulStop: '0s', startTime: '0ms', duration: '15000ms' },
        // Each VU's one iteration is the whole window.
        window: { executor: 'per-vu-iterations', vus: 150, iterations: 1, gracefulStop: '0s', startTime: '15000ms' },
      },
      discardResponseBodies: false,
      noConnectionReuse: false,
    });
    expect(parametersOf(k6Script(spec, null))).toMatchObject({ warmupMs: 15_000, windowMs: 60_000 });
  });

  it('has no warm-up where none is wanted: k6 refuses a scenario of 0 s', () => {
    expect(Object.keys(optionsOf(k6Script({ ...spec, warmupS: 0 }, null)).scenarios)).toEqual(['window']);
  });

  it('sends what the spec says', () => {
    expect(parametersOf(k6Script(spec, null))).toMatchObject({
      url: 'http://127.0.0.1:1/v1/chat/completions',
      body: spec.body,
      headers: spec.headers,
      timeoutMs: 30_000,
    });
  });

  it('can be stopped early where there is a URL for that, with a VU of its own', () => {
    const script = k6Script(spec, 'http://127.0.0.1:9/');
    expect(parametersOf(script)).toMatchObject({ stopUrl: 'http://127.0.0.1:9/', checkReachable: false });
    expect(optionsOf(script).scenarios.stop).toMatchObject({ vus: 1, iterations: 1 });
    expect(parametersOf(k6Script(spec, null))).toMatchObject({ stopUrl: null, checkReachable: true });
  });

  it('changes the rate of an open loop as its stages say, at once or linearly', () => {
    const arrivals = { ratePerSec: 90, distribution: 'constant', seed: 1, maxInFlight: 300 } as const;
    const stages = [
      { durationS: 20, from: 200, to: 200 },
      { durationS: 10, from: 1000, to: 1000 },
      { durationS: 5, from: 1000, to: 12.5 },
    ];
    expect(optionsOf(k6Script({ ...spec, durationS: 35, arrivals, stages }, null)).scenarios).toMatchObject({
      warmup: { executor: 'constant-arrival-rate', rate: 200_000, timeUnit: '1000s', duration: '15000ms' },
      window: {
        executor: 'ramping-arrival-rate',
        startRate: 200_000,
        timeUnit: '1000s',
        stages: [
          { target: 200_000, duration: '20000ms' },
          { target: 1_000_000, duration: '0s' },
          { target: 1_000_000, duration: '10000ms' },
          { target: 12_500, duration: '5000ms' },
        ],
        maxVUs: 300,
        startTime: '15000ms',
      },
    });
  });

  it('has all VUs of a closed loop’s stages there, and warms up with those of the first', () => {
    const stages = [
      { durationS: 20, from: 50, to: 50 },
      { durationS: 40, from: 50, to: 150 },
    ];
    expect(optionsOf(k6Script({ ...spec, stages }, null)).scenarios).toMatchObject({
      warmup: { executor: 'constant-vus', vus: 50 },
      window: { executor: 'per-vu-iterations', vus: 150, iterations: 1 },
    });
  });

  it('lets each VU rest while it is one too many, by the levels that the engine native keeps', () => {
    const level = fc.integer({ min: 1, max: 30 });
    const aStage = fc.record({ durationS: fc.integer({ min: 1, max: 20 }), from: level, to: level });
    const drawn = fc.sample(fc.array(aStage, { minLength: 1, maxLength: 5 }), { numRuns: 12, seed: 3 });
    for (const stages of drawn) {
      const totalMs = stages.reduce((sum, { durationS }) => sum + durationS * 1000, 0);
      // Never the very moment at which a falling level passes a half.
      const moments = Array.from({ length: 40 }, (_, at) => Math.floor((at * totalMs) / 40) + 0.137);
      const script = k6Script({ ...spec, stages }, null);
      const expression = `${JSON.stringify(moments)}.map((ms) => Array.from({ length: 31 }, (_, nth) => restMs(nth, ms)))`;
      const rests: (number | null)[][] = JSON.parse(evaluated(script, expression));
      for (const [at, atMs] of moments.entries()) {
        for (const [nth, rest] of (rests[at] ?? []).entries()) {
          const isActive = (ms: number) => Math.round(levelAt(stages, ms / 1000)) > nth;
          const why = `VU ${nth} at ${atMs} ms of ${JSON.stringify(stages)}`;
          // JSON has no infinity.
          if (rest === null) expect(moments.slice(at).some(isActive), why).toBe(false);
          else {
            expect(isActive(atMs + rest + 0.01), why).toBe(true);
            expect(
              moments.some((ms) => ms >= atMs && ms < atMs + rest - 0.01 && isActive(ms)),
              why,
            ).toBe(false);
          }
        }
      }
    }
  });
});
