import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConfigFile } from '../../mock-upstream/config-file.js';
import { parseFlags } from '../../mock-upstream/flags.js';
import { runMock } from './started-mock.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mock-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}.yaml`);
  await writeFile(path, text);
  return path;
}

test('flags of a YAML file', async () => {
  const path = await file('contract: full\nlatency: 60ms\nquiet: true\nport: 0\nfault:\n  - 429:0.1\n  - reset:0.01\n');
  const flags = await withConfigFile(['--config', path, '--latency', '5ms']);
  expect(flags).toEqual([
    '--contract=full',
    '--latency=60ms',
    '--quiet=true',
    '--port=0',
    '--fault=429:0.1',
    '--fault=reset:0.01',
    '--latency',
    '5ms',
  ]);
  expect(parseFlags(flags)).toMatchObject({
    kind: 'options',
    options: { latencyText: '5ms', quiet: true, port: 0, api: { contract: 'full', faults: [{}, {}] } },
  });
});

test('flags of a JSON file', async () => {
  expect(await withConfigFile([`-config=${await file('{"models": "a,b"}')}`])).toEqual(['--models=a,b']);
});

test('a value that looks like the flag is none', async () => {
  expect(await withConfigFile(['--text', '--config', '--port', '0'])).toEqual(['--text', '--config', '--port', '0']);
});

describe('refused', () => {
  test.each([
    ['latncy: 60ms', 'there is no flag "latncy"'],
    ['config: other.yaml', 'there is no flag "config"'],
    ['- latency', 'does not hold flags and their values'],
    ['', 'does not hold flags and their values'],
    ['latency: {p50: 1}', '"latency" is a text, a number'],
    ['a: [', 'is not YAML or JSON'],
  ])('%s', async (text, why) => {
    const path = await file(text);
    await expect(withConfigFile(['--config', path])).rejects.toThrow(`${path}`);
    await expect(withConfigFile(['--config', path])).rejects.toThrow(why);
  });

  test('no file at all', async () => {
    await expect(withConfigFile(['--config', '/nowhere.yaml'])).rejects.toThrow("can't read /nowhere.yaml");
    await expect(withConfigFile(['--config'])).rejects.toThrow('needs the name');
  });

  test('with exit code 2', async () => {
    const { exitCode, stderr } = await runMock('--config', '/nowhere.yaml').program;
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("can't read /nowhere.yaml")]);
  });
});
