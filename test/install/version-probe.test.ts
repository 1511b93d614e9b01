import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { probeVersion, sameVersion } from '../../src/install/version-probe.js';
import { contextFor, tinyGateway } from './support.js';

async function probe(script: string, versionProbe: Record<string, unknown>) {
  const gateway = tinyGateway('/nowhere', [{ method: 'existing', variable: 'GATEBENCH_X' }], { versionProbe });
  const context = await contextFor(gateway);
  const entry = join(context.target, 'tiny');
  await writeFile(entry, `#!/bin/sh\n${script}\n`);
  await chmod(entry, 0o755);
  return probeVersion({ entry, pinnedBy: '' }, context);
}

const command = (pattern: string, more: object = {}) => ({
  from: 'command',
  command: ['{entry}', 'x'],
  pattern,
  ...more,
});

it.each([
  ['stderr', 'echo "tiny/1.2.3" >&2', 'tiny/(\\S+)'],
  ['a line of its own', 'echo hello; echo 1.2.3; echo bye', '^(\\d\\S+)$'],
  ['a long banner before a failure', 'echo "v 1.2.3"; seq 50; exit 1', 'v (\\S+)'],
])('reads a version from %s', async (_where, script, pattern) => {
  expect(await probe(script, command(pattern))).toEqual({ version: '1.2.3', by: 'tiny x' });
});

it('fills in the environment', async () => {
  const environment = { WANTED: '{version}' };
  expect(await probe('echo "is $WANTED"', command('is (\\S+)', { environment }))).toMatchObject({ version: '1.0.0' });
});

it('says what was printed where there is no version in it', async () => {
  await expect(probe('echo hello', command('v(\\d)'))).rejects.toThrow(/"tiny x" printed no version .*:\nhello$/);
});

it('says why the program could not be run', async () => {
  await expect(probe('echo "no libfoo" >&2; exit 127', command('v(\\d)'))).rejects.toThrow(/exit code 127\nno libfoo$/);
});

it.each([
  ['1.0.0', '1.0.0', true],
  ['v1.0.0', '1.0.0', true],
  ['1.0.0 ', 'v1.0.0', true],
  ['1.0.0', '1.0.01', false],
  ['v1.0.0+dirty', '1.0.0', false],
])('compares %s with %s', (reported, wanted, same) => {
  expect(sameVersion(reported, wanted)).toBe(same);
});
