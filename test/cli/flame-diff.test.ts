import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.js';

let folder: string;
let before: string;
let after: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  [before, after] = [join(folder, 'old.folded'), join(folder, 'new.folded')];
  await writeFile(before, 'main;parse 90\nmain;send 10\n');
  await writeFile(after, 'main;parse 10\nmain;send 90\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('flame diff', () => {
  it('tells before from after', async () => {
    const out = join(folder, 'diff.html');
    const { exitCode, stdout, stderr } = await cli(['flame', 'diff', before, after, '--out', out, '--json']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(`differential flame graph: ${out}`);
    const { before: old, after: changed, categories, functions } = JSON.parse(stdout);
    expect([old.title, changed.title]).toEqual(['old.folded', 'new.folded']);
    expect(categories).toContainEqual({ category: 'json', before: 0.9, after: 0.1 });
    expect(functions[0]).toMatchObject({ selfBefore: 0.9, selfAfter: 0.1 });
    expect(existsSync(out)).toBe(true);
    const page = await readFile(out, 'utf8');
    expect(page).toMatch(/old\.folded[\s\S]*new\.folded/);
  });

  it('says in words which way it went', async () => {
    const { exitCode, stdout } = await cli(['flame', 'diff', before, after, '--out', join(folder, 'again.html')]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('before: old.folded; after: new.folded');
    expect(stdout).toMatch(/parse +90\.0 % +10\.0 % +−80\.0 %/);
    expect(stdout).toMatch(/send +10\.0 % +90\.0 % +\+80\.0 %/);
  });
});
