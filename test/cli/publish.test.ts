import { on } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/lib/sha256.js';
import { cli, startCli } from '../support/cli.js';
import { dayFacts, recordsOfDays, STEP_RATES, versionOfStep } from '../support/histories.js';
import { ENVIRONMENT, leaksIn, writePlantedRun } from '../support/planted.js';
import { writeRun } from '../support/run-folders.js';

let folder: string;
let runs: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  runs = join(folder, 'runs');
  for (const [at, records] of recordsOfDays('kong', STEP_RATES, versionOfStep).entries()) {
    await writeRun(runs, records, dayFacts(at + 1));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filesOf(site: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(site, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const read = paths.map(async (path) => [relative(site, path), await readFile(path)] as const);
  return new Map((await Promise.all(read)).sort(([a], [b]) => a.localeCompare(b)));
}

async function fingerprint(site: string): Promise<string[]> {
  return [...(await filesOf(site))].map(([name, content]) => `${name} ${sha256(content)}`);
}

/** What stands beside sites. */
async function leftovers(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('.'));
}

describe('gatebench publish', () => {
  it('publishes runs, gateways and their history, and says where', async () => {
    const site = join(folder, 'site');
    const { exitCode, stderr } = await cli(['publish', site, runs]);
    expect(stderr).toMatch(/20 runs, \d+ files, .* MiB: .*\/site\/index\.html/);
    expect(exitCode).toBe(0);
    const files = await filesOf(site);
    const names = [...files.keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        '.nojekyll',
        'index.html',
        'runs/index.html',
        'gateways/index.html',
        'gateways/kong.html',
        'history/index.html',
      ]),
    );
    expect(names.filter((name) => /^runs\/[^/]+\/index\.html$/.test(name))).toHaveLength(20);
    expect(String(files.get('history/index.html'))).toMatch(/2026-05-11T10-00-00Z-published[\s\S]*▲ \+10\.1 %/);
    // What is published can be read as runs again.
    const again = await cli(['history', join(site, 'runs'), '--gateway', 'kong', '--format', 'json']);
    expect(JSON.parse(again.stdout).classes[0].series[0].changes).toHaveLength(1);
  });

  it('comes out the same each time, and forgets a run that is gone', async () => {
    const site = join(folder, 'again');
    const own = join(folder, 'own-runs');
    await cp(runs, own, { recursive: true });
    await cli(['publish', site, own]);
    const before = await fingerprint(site);
    await cli(['publish', '--out', site, own]);
    expect(await fingerprint(site)).toEqual(before);
    const gone = dayFacts(20).id;
    await rm(join(own, gone), { recursive: true });
    await cli(['publish', site, own]);
    const files = await filesOf(site);
    expect([...files].filter(([name, content]) => name.includes(gone) || content.includes(gone))).toEqual([]);
    expect(files.has(`runs/${dayFacts(19).id}/index.html`)).toBe(true);
    expect(await leftovers()).toEqual([]);
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('leaves the old site whole where it is ended by %s', async (signal) => {
    const site = join(folder, `ended-${signal}`);
    await cli(['publish', site, join(runs, dayFacts(1).id)]);
    const before = await fingerprint(site);
    const watcher = watch(folder);
    const running = startCli(['publish', site, runs]);
    // As soon as the new site is begun beside it.
    for await (const [, name] of on(watcher, 'change')) if (String(name).startsWith(`.ended-${signal}.new-`)) break;
    watcher.close();
    running.child.kill(signal);
    const ended = await running.done;
    if (signal === 'SIGKILL') expect(ended.signal).toBe('SIGKILL');
    else expect(ended.exitCode).toBe(130);
    expect(await fingerprint(site)).toEqual(before);
    expect(await leftovers()).toHaveLength(signal === 'SIGKILL' ? 1 : 0);
    // The next one tidies up.
    expect((await cli(['publish', site, runs])).exitCode).toBe(0);
    expect(await leftovers()).toEqual([]);
  });

  it('replaces nothing but a site of its own', async () => {
    const [run = ''] = (await readdir(runs)).map((name) => join(runs, name));
    const foreign = await cli(['publish', runs, run]);
    expect(foreign.exitCode).toBe(2);
    expect(foreign.stderr).toMatch(/neither empty nor a site that gatebench made/);
    const twice = await cli(['publish', run]);
    expect(twice.exitCode).toBe(2);
    expect(twice.stderr).toMatch(/is a run, and no place for a site/);
    const site = join(folder, 'touched');
    await cli(['publish', site, run]);
    await writeFile(join(site, 'CNAME'), 'bench.example.com');
    const touched = await cli(['publish', site, run]);
    expect(touched.exitCode).toBe(2);
    expect(touched.stderr).toMatch(/would be lost: CNAME/);
    expect(existsSync(join(site, 'CNAME'))).toBe(true);
  });

  it('says what it needs', async () => {
    expect((await cli(['publish'])).stderr).toMatch(/needs a folder for the site/);
    const nothing = await cli(['publish', join(folder, 'empty-site'), join(folder, 'nowhere')]);
    expect(nothing.exitCode).toBe(2);
    expect(nothing.stderr).toMatch(/there are no runs in/);
    expect(existsSync(join(folder, 'empty-site'))).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it('publishes nothing private, wherever a run has it', async () => {
    const site = join(folder, 'private-site');
    const planted = await writePlantedRun(join(folder, 'planted'));
    // The test finds what it looks for.
    const raw = [...(await filesOf(planted))].flatMap(([name, content]) => leaksIn(name, content));
    expect(raw.length).toBeGreaterThan(500);
    const { exitCode, stderr } = await cli(['publish', site, planted, '--title', 'Bench'], ENVIRONMENT);
    expect(stderr).toMatch(/^1 run, /);
    expect(exitCode).toBe(0);
    const files = await filesOf(site);
    expect([...files.keys()].filter((name) => name.includes('/flame/')).length).toBeGreaterThan(4);
    expect([...files].flatMap(([name, content]) => leaksIn(name, content))).toEqual([]);
    // What a reader needs is still there.
    const run = String(files.get('runs/2026-05-04T10-00-00Z-on-machine-1/run.json'));
    expect(JSON.parse(run)).toMatchObject({ machine: { hostname: 'machine-1', cores: 8 }, settings: null });
  });
});
