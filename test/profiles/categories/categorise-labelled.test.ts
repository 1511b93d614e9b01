import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../../../src/lib/paths.js';
import { Category } from '../../../src/model/category.js';
import { GatewayManifest } from '../../../src/model/gateway.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { parsePerfScript } from '../../support/perf-script.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/profiles/categories');
const Labels = z.record(
  z.string(),
  z.array(z.strictObject({ leaf: z.string(), is: Category, why: z.string().optional() })),
);
const labels = Labels.parse(parse(readFileSync(join(FIXTURES, 'labels.yaml'), 'utf8')));

function rulesOf(gateway: string) {
  const text = readFileSync(join(PACKAGE_ROOT, 'gateways', gateway, 'gateway.yaml'), 'utf8');
  const manifest = GatewayManifest.parse(parse(text));
  return manifest.kind === 'process' ? manifest.profiler.categories : [];
}

function stacksOf(gateway: string) {
  const text = gunzipSync(readFileSync(join(FIXTURES, `${gateway}.perf.script.gz`))).toString();
  const profile = parsePerfScript(text, { title: gateway });
  const categorised = categorise({ ...profile, meta: { ...profile.meta, rules: rulesOf(gateway) } });
  return profile.stacks.map(({ frames }, index) => ({
    leaf: profile.frames[frames.at(-1) ?? -1]?.name,
    is: categorised.stackCategories[index],
  }));
}

describe.each(Object.entries(labels))('stacks of %s that were labelled by hand', (gateway, expected) => {
  const stacks = stacksOf(gateway);

  it('are all there', () => {
    expect(stacks.map(({ leaf }) => leaf)).toEqual(expected.map(({ leaf }) => leaf));
  });

  it.each(expected.map((label, index) => ({ ...label, index })))('$index: $leaf is $is', ({ index, is }) => {
    expect(stacks[index]?.is).toBe(is);
  });
});

describe('the labelled stacks', () => {
  it('are enough, over five gateways', () => {
    expect(Object.keys(labels)).toHaveLength(5);
    expect(Object.values(labels).flat().length).toBeGreaterThanOrEqual(60);
  });
});
