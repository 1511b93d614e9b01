import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LoadParameters } from '../../../remote-programs/k6/parameters.d.ts';
import { k6Script } from '../../../src/load/k6/script.js';
import { aSpec } from '../external/spec.js';

/** What the script is given. */
function parametersOf(script: string): LoadParameters {
  const text = /^const LOAD = (\{\n[\s\S]*?\n\});\n/.exec(script)?.[1];
  return JSON.parse(text ?? 'null');
}

/** The options that k6 would see: Node runs the script's own text, with k6's modules replaced. */
function optionsOf(script: string): { scenarios: Record<string, object>; [option: string]: unknown } {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-script-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const text = script.replace(/^import .* from 'k6.*';$/gm, '');
  writeFileSync(join(folder, 'load.mjs'), `const __ENV = {};\n${text}\nconsole.log(JSON.stringify(options));\n`);
  return JSON.parse(execFileSync(process.execPath, [join(folder, 'load.mjs')], { encoding: 'utf8' }));
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
});
