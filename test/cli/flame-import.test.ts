import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.js';

/** Two programs with a `main`, and two events. */
const CAPTURE = `web 10/10 1.500000:   990 cycles:
\t            11e4 main+0x1 (/srv/web)

job 20/20 1.600000:    10 cycles:
\t            11e4 main+0x1 (/srv/job)

job 20/20 1.700000:     1 page-faults:
\t            12e4 touch+0x1 (/srv/job)

`;

let folder: string;
let capture: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  capture = join(folder, 'perf.script');
  await writeFile(capture, CAPTURE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function imported(...options: string[]) {
  const out = join(folder, `out${options.join('')}`);
  const result = await cli(['flame', 'import', capture, '--out', out, '--json', ...options]);
  expect(result.exitCode, result.stderr).toBe(0);
  return { json: JSON.parse(result.stdout), folded: readFileSync(join(out, 'profile.folded'), 'utf8') };
}

describe('flame import', () => {
  it('keeps programs apart, weighs by period and shows the event of CPU time', async () => {
    const { json, folded } = await imported();
    expect(json.meta).toMatchObject({ event: 'cycles', unit: 'events', kind: 'cpu' });
    expect(folded.trim().split('\n').toSorted()).toEqual(['job;main 10', 'web;main 990']);
  });

  it.each([
    ['none', ['main 1000']],
    ['pid', ['job-20;main 10', 'web-10;main 990']],
    ['tid', ['job-20/20;main 10', 'web-10/10;main 990']],
  ])('groups by %s', async (by, expected) => {
    const { folded } = await imported('--group-by', by);
    expect(folded.trim().split('\n').toSorted()).toEqual(expected);
  });

  it.each([['--event'], ['--sample-type']])('%s chooses an event', async (option) => {
    const { json, folded } = await imported(option, 'page-faults');
    expect(json.meta).toMatchObject({ event: 'page-faults', kind: 'other' });
    expect(folded.trim()).toBe('touch 1');
  });

  it('says which events there are', async () => {
    const result = await cli(['flame', 'import', capture, '--event', 'instructions']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(`${capture} has no event "instructions"`);
    expect(result.stderr).toContain('it has cycles (2 samples), page-faults (1 sample)');
  });

  it('says which weight was used, and never calls page faults CPU', async () => {
    const out = join(folder, 'faults');
    const result = await cli(['flame', 'import', capture, '--event', 'page-faults', '--out', out]);
    expect(result.stdout).toContain('a count of page-faults');
    const page = readFileSync(join(out, 'flame.html'), 'utf8');
    expect(page).toContain('counts of page-faults');
    // The page has the other event too, in parts of its own.
    const shown = [...page.matchAll(/<div data-profile="0">([\s\S]*?)<div data-profile="1"/g)].map(([, part]) => part);
    expect(shown).toHaveLength(2);
    for (const text of [result.stdout, ...shown]) expect(text).not.toMatch(/\bCPU\b/);
  });

  it('stores every event, and the page has all of them', async () => {
    const out = join(folder, 'all');
    const result = await cli(['flame', 'import', capture, '--out', out]);
    expect(result.stdout).toContain('page-faults (1 sample): --event chooses one');
    const page = readFileSync(join(out, 'flame.html'), 'utf8');
    expect(page).toMatch(/<select id="profile"><option>cycles: 2 samples, .*<option>page-faults: 1 sample/);

    const faults = join(out, 'profile.page-faults.json.gz');
    const stored = await cli(['flame', 'import', faults, '--out', join(folder, 'faults-again'), '--json']);
    expect(JSON.parse(stored.stdout)).toMatchObject({ meta: { event: 'page-faults', unit: 'events' }, others: [] });
    const diff = ['flame', 'diff', out, faults, '--event', 'page-faults', '--out', join(folder, 'diff.html'), '--json'];
    expect(JSON.parse((await cli(diff)).stdout).after).toMatchObject({ event: 'page-faults' });
  });

  it.each([
    [['--event', 'a', '--sample-type', 'b'], "'--event <name>' cannot be used with option '--sample-type <name>'"],
    [['--group-by', 'user'], 'Allowed choices are none, comm, pid, tid'],
  ])('refuses %j', async (options, message) => {
    const result = await cli(['flame', 'import', capture, ...options]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(message);
  });
});

describe('flame diff', () => {
  it('compares the same event of both, by program if both hold several', async () => {
    const out = join(folder, 'diff.html');
    const result = await cli(['flame', 'diff', capture, capture, '--event', 'cycles', '--out', out, '--json']);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(JSON.parse(result.stdout).categories.length).toBeGreaterThan(0);
    const wrong = await cli(['flame', 'diff', capture, capture, '--event', 'x', '--out', out]);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('has no event "x"');
  });
});
