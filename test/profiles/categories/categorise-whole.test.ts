import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../../src/lib/paths.js';
import type { Category } from '../../../src/model/category.js';
import { GatewayManifest } from '../../../src/model/gateway.js';
import type { Profile } from '../../../src/model/profile.js';
import { hotFunctions } from '../../../src/profiles/analysis/hot-functions.js';
import { ownFunctions } from '../../../src/profiles/analysis/own-functions.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { categoryTotals } from '../../../src/profiles/categories/category-table.js';
import { parseCpuProfile } from '../../../src/profiles/formats/cpuprofile.js';
import { parsePprof } from '../../../src/profiles/formats/pprof/pprof.js';
import { parsePySpy } from '../../../src/profiles/formats/py-spy.js';
import { parsePerfScript } from '../../support/perf-script.js';

function read(file: string): Profile {
  const bytes = gunzipSync(readFileSync(join(PACKAGE_ROOT, 'test/fixtures/profiles/whole', `${file}.gz`)));
  if (file.endsWith('.pb')) return parsePprof(bytes, { title: file, kind: 'cpu' });
  if (file.endsWith('.folded')) return parsePySpy(bytes.toString(), file, 99);
  if (file.endsWith('.cpuprofile')) return parseCpuProfile(bytes.toString(), file);
  return parsePerfScript(bytes.toString(), { title: file });
}

function categorisedCapture(file: string) {
  const gateway = file.split('.')[0] ?? '';
  const text = readFileSync(join(PACKAGE_ROOT, 'gateways', gateway, 'gateway.yaml'), 'utf8');
  const manifest = GatewayManifest.parse(parse(text));
  const profile = read(file);
  const rules = manifest.kind === 'process' ? manifest.profiler.categories : [];
  return categorise({ ...profile, meta: { ...profile.meta, rules } });
}

/** What each capture must show at the least, judged from its flame graph, and the gateway's code that it must name. */
const CAPTURES: [file: string, dominant: Category, atLeast: number, own: RegExp | null][] = [
  ['ferro.perf.script', 'network', 0.1, /openai\.\(\*Provider\)\.Complete/],
  ['bifrost.perf.script', 'scheduling', 0.1, /bifrost\/core\.\(\*Bifrost\)/],
  ['nginx.perf.script', 'network', 0.5, null],
  ['portkey.perf.script', 'http', 0.3, /^h\.retries$/],
  // Before Python 3.12 perf sees the interpreter alone.
  ['litellm.perf.script', 'runtime', 0.5, null],
  ['litellm.py-spy.folded', 'http', 0.25, /^make_openai_chat_completion_request$/],
  ['portkey.cpuprofile', 'http', 0.3, /^h\.retries$/],
  ['ferro.pb', 'network', 0.15, /openai\.\(\*Provider\)\.Complete/],
];

describe.each(CAPTURES)('the capture %s', (file, dominant, atLeast, own) => {
  const categorised = categorisedCapture(file);
  const totals = new Map(categoryTotals(categorised).map((total) => [total.category, total]));

  it('is under a tenth unknown', () => {
    expect(totals.get('unknown')?.share).toBeLessThan(0.1);
  });

  it(`is mostly ${dominant}`, () => {
    expect(totals.get(dominant)?.share).toBeGreaterThan(atLeast);
  });

  it('names the gateway’s own code, where the profiler can see it', () => {
    const names = ownFunctions(categorised, 12).map(({ frame }) => frame.name);
    if (own === null) expect(names.filter((name) => !/^ngx_/.test(name))).toEqual([]);
    else expect(names).toContainEqual(expect.stringMatching(own));
  });
});

describe('a weak rule', () => {
  it('does not stand in for knowing: without the gateways’ rules, much of their code is unknown', () => {
    const profile = read('bifrost.perf.script');
    const own = categorise(profile).stackCategories;
    const unknown = profile.stacks.filter((_, index) => own[index] === 'unknown');
    expect(unknown.length).toBeGreaterThan(5);
    expect(hotFunctions(categorise(profile)).length).toBeGreaterThan(20);
  });
});
