import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { Scenario } from '../../src/model/scenario.js';
import { cli } from '../support/cli.js';

const RUN = join(PACKAGE_ROOT, 'test', 'fixtures', 'run-schema-1');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('gatebench verify', () => {
  it('judges every claim by a run, profiles included', async () => {
    const { exitCode, stdout } = await cli(['verify', RUN, '--json']);
    const { claims, shapes, profiles, conflicts, runs } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(runs).toHaveLength(1);
    const portkey = claims.find(
      ({ claim }: { claim: Record<string, unknown> }) => claim.gateway === 'portkey' && claim.metric === 'rps',
    );
    expect(portkey).toMatchObject({ measured: { label: 'portkey' }, sentence: expect.stringContaining('Measured') });
    expect(shapes).toHaveLength(5);
    expect(profiles.map(({ verdict }: { verdict: string }) => verdict)).toContain('new');
    expect(conflicts.length).toBeGreaterThan(10);
  });

  it('prints text, or Markdown', async () => {
    const text = await cli(['verify', RUN]);
    expect(text.stdout).toMatch(/^Verdicts\n\d+ published figures: /);
    const markdown = await cli(['verify', RUN, '--markdown']);
    expect(markdown.stdout).toMatch(/^## Verdicts\n/);
    expect(markdown.stdout).toContain('## Published figures that contradict each other');
  });

  it('writes the scenarios that measure claims, and prints how to run them', async () => {
    const { exitCode, stdout, stderr } = await cli(['verify', '--plan', '--out', join(folder, 'plan')]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/no manifest here, so not planned: .*busbar/);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      const [, path = '', gateways] = /^gatebench bench --scenario (\S+) --gateways (\S+)$/.exec(line) ?? [];
      expect(gateways).toMatch(/^direct,/);
      expect(Scenario.safeParse(parse(await readFile(path, 'utf8'))).success).toBe(true);
    }
  });

  it.each([
    ['a run that is none', ['verify', '/nowhere'], /\/nowhere is not a run/],
    ['--out without --plan', ['verify', '--out', '/tmp'], /--out is for --plan/],
    ['a run with --plan', ['verify', '--plan', RUN], /--plan takes no runs/],
    ['two formats', ['verify', '--json', '--markdown', RUN], /exclude each other/],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await cli(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
