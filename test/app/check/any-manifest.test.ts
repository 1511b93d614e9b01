import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { checkTargets } from '../../../src/app/check/check-targets.js';
import { rootsOf } from '../../../src/lib/roots.js';
import { FOLDERS, readManifest } from '../../gateways/read.js';

const MANIFESTS = FOLDERS.map(readManifest);

const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    1e21,
    70_000,
    '',
    '..',
    '../x',
    '/etc/hostname',
    '{nope}',
    '(',
    'a\0b',
    '\ud800',
  ),
  fc.constantFrom<unknown>(
    'constructor',
    '__proto__',
    'x'.repeat(300),
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    { constructor: 'a' },
  ),
  fc.string({ unit: 'binary' }),
);

/** Every place of a value, by keys. */
function places(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [[key], ...places(each).map((rest) => [key, ...rest])]);
}

function withValue(document: unknown, [key = '', ...rest]: string[], value: unknown): unknown {
  if (typeof document !== 'object' || document === null) return document;
  const copy = Array.isArray(document) ? [...document] : { ...document };
  Reflect.set(copy, key, rest.length === 0 ? value : withValue(Reflect.get(copy, key), rest, value));
  return copy;
}

const anyManifest = fc
  .constantFrom(...MANIFESTS)
  .chain((manifest) =>
    fc
      .array(fc.tuple(fc.constantFrom(...places(manifest)), anyValue), { minLength: 1, maxLength: 3 })
      .map((changes) => changes.reduce<unknown>((document, [at, value]) => withValue(document, at, value), manifest)),
  );

it('whatever a manifest says, the check has an answer', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'mine'));
  await fc.assert(
    fc.asyncProperty(anyManifest, async (manifest) => {
      await writeFile(join(root, 'mine', 'gateway.yaml'), stringify(manifest));
      const { checked, problems } = await checkTargets([], rootsOf(root));
      expect(checked).toEqual(['mine']);
      for (const { message, hint } of problems) expect([message, hint]).not.toContain('');
    }),
    { numRuns: 300 },
  );
});
