import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.js';
import { DIRECT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('wrong usage is told in words, with exit code 2', () => {
  it.each([
    ['an unknown gateway', ['plan', '-g', 'portkye'], /unknown gateway "portkye"[\s\S]*did you mean portkey\?/],
    [
      'an unknown variant',
      ['plan', '-g', 'litellm:worker'],
      /no variant "worker"[\s\S]*did you mean litellm:workers\?/,
    ],
    ['an unknown scenario', ['plan', '-s', 'publishd'], /unknown scenario "publishd"[\s\S]*did you mean published\?/],
    ['CPUs that are not there', ['plan', '--pin', 'load=0,gateway=8000'], /CPU 8000 can't be used here; there are/],
    ['no placement', ['plan', '--pin', 'always'], /"always" is not a placement[\s\S]*load=0-1,gateway=2-7/],
    ['a priority that is none', ['plan', '--load-priority', 'high'], /high.* is invalid[\s\S]*realtime/],
    ['an unknown tool', ['setup', 'k66'], /unknown gateway "k66"[\s\S]*did you mean k6\?/],
    ['an unknown engine', ['plan', '--engine', 'wkr'], /"wkr"/],
    ['0 VUs', ['plan', '--vus', '0'], /"0" is not a VU count/],
    ['negative VUs', ['plan', '--vus=-5'], /"-5" is not a VU count/],
    ['VUs that are no number', ['plan', '--vus', 'many'], /"many" is not a VU count/],
    ['half a VU', ['plan', '--vus', '1.5'], /"1.5" is not a VU count/],
    ['more VUs than there can be', ['plan', '--vus', '90000000'], /"90000000" is not a VU count/],
    ['repeats without an end', ['plan', '--repeats', '9007199254740991'], /is not a number of repeats/],
    ['a duration without an end', ['plan', '--duration', '99999h'], /99999h is too long: at most 24 h/],
    ['a negative duration', ['plan', '--warmup', '-5s'], /-5s is negative/],
    ['a port that is none', ['bench', '--mock-port', '70000'], /"70000" is not a port/],
    ['an empty gateway for setup', ['setup', ''], /an empty value is given for names/],
    ['only a comma for setup', ['setup', ','], /"," names no gateway/],
    ['an empty list of gateways', ['plan', '-g', ''], /--gateways[\s\S]*it is empty/],
    ['an empty folder', ['bench', '--out', ''], /--out[\s\S]*it is empty/],
    ['an empty file', ['flame', 'import', ' '], /an empty value is given for file/],
    ['a path as a gateway', ['plan', '-g', '../x'], /unknown gateway "\.\.\/x"\s+hint: {2}there are: /],
    ['three parts of a gateway', ['plan', '-g', 'litellm:workers:2'], /has no variant "workers:2"/],
    ['an address that is none', ['flame', '--attach', '1', '--url', 'localhost'], /"localhost" is not a URL/],
    ['a path through a file to check', ['check', 'package.json/x'], /no gateway and no folder "package\.json\/x"/],
    [
      'a path too long to compare',
      ['flame', 'diff', 'x'.repeat(5000), '/nowhere'],
      /xxx.*(?:ENAMETOOLONG|can't be read)/,
    ],
    ['no time for ssh', ['cloud', 'up', '--ssh-timeout', '0s'], /0s is too short: more than 0 s/],
    [
      'an unknown gateway to check',
      ['check', 'portkye'],
      /no gateway and no folder "portkye"[\s\S]*did you mean portkey\?/,
    ],
    ['a duration without unit', ['plan', '--duration', '60'], /"60" is not a duration[\s\S]*60s/],
    ['no duration at all', ['plan', '--duration', '0s'], /more than 0 s/],
    ['0 repeats', ['plan', '--repeats', '0'], /not a number of repeats/],
    ['an unknown option', ['bench', '--vsu', '5'], /unknown option '--vsu'[\s\S]*--vus/],
    ['an unknown verb', ['bnech'], /unknown command 'bnech'[\s\S]*bench/],
    ['a run that is none', ['report', '/'], /\/ is neither a run nor a folder of runs: there is no run\.json/],
    ['a folder of gateways that is none', ['list', '--gateways-dir', '/nowhere'], /\/nowhere can't be read: ENOENT/],
    ['an unknown profiler', ['flame', '--profiler', 'dtrace'], /"dtrace" is not a profiler: write auto or perf/],
    ['a rate of 0', ['flame', '--rate', '0'], /"0" is not a rate in Hz/],
    ['a rate that is too much', ['flame', '--rate', '100000'], /"100000" is not a rate in Hz/],
    ['a PID that is none', ['flame', '--attach', 'self'], /"self" is not a PID/],
    ['a process that is gone', ['flame', '--attach', '4194304'], /there is no process with PID 4194304/],
    ['a profile that is not there', ['flame', 'import', '/nowhere'], /\/nowhere/],
    ['one profile to compare', ['flame', 'diff', '/nowhere'], /missing required argument 'after'/],
    ['no target', ['bench', '--until', 'fast'], /"fast" is not a target[\s\S]*ci<=2%/],
    ['a limit of repeats without a target', ['bench', '--max-repeats', '5'], /--max-repeats is for a run/],
    ['an A/A run of two gateways', ['bench', '--aa', 'nginx', '-g', 'direct'], /--gateways can't be given with it/],
    ['an A/A run without a gateway', ['bench', '--aa', 'direct'], /--aa direct: there is no gateway in it/],
    ['an A/A run without an interval', ['bench', '--aa', 'nginx', '--repeats', '2'], /needs at least 3 repeats/],
    ['a resume of nothing', ['bench', '--resume', '/nowhere'], /\/nowhere is not a run/],
  ])('%s', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await cli(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('bad YAML, with file and line', async () => {
    const path = join(folder, 'bad.yaml');
    await writeFile(path, 'schemaVersion: 1\nname: bad\ntitle: [never closed\n');
    const { exitCode, stderr } = await cli(['plan', '--scenario', path]);
    expect(stderr).toMatch(/bad\.yaml:\d+:\d+: not valid YAML/);
    expect(exitCode).toBe(2);
  });

  it('a gateway manifest that is wrong, with file and line', async () => {
    const gateways = await gatewaysFolder([fakeManifest('fake', 18_000, 'ok'), { ...DIRECT, colour: 'red' } as never]);
    try {
      const { exitCode, stderr } = await cli(['list', '--gateways-dir', gateways.path]);
      expect(stderr).toMatch(/direct\/gateway\.yaml:6: colour: a colour such as/);
      expect(exitCode).toBe(2);
    } finally {
      await gateways.remove();
    }
  });
});

describe('folders that can’t be made', () => {
  it.each([
    [
      'for locks',
      ['flame', '--engine', 'nosuch'],
      { GATEBENCH_LOCK_DIR: '/proc/nope' },
      /no load engine is called "nosuch"/,
    ],
    [
      'for what is installed',
      ['setup', 'fake'],
      { GATEBENCH_INSTALL_DIR: '/proc/nope' },
      /\/proc\/nope\/fake.* can't be written/,
    ],
    [
      'for temporary files',
      ['selfbench', '--quick'],
      { TMPDIR: '/proc/nope' },
      /no temporary folder can be made in \/proc\/nope/,
    ],
  ])('%s', async (_, args, environment, message) => {
    const gateways = await gatewaysFolder([fakeManifest('fake', 18_000, 'ok')]);
    try {
      const { exitCode, stderr } = await cli(
        args[0] === 'setup' ? [...args, '--gateways-dir', gateways.path] : args,
        environment,
      );
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/bug|please report/);
      expect([1, 2]).toContain(exitCode);
    } finally {
      await gateways.remove();
    }
  });
});

describe('help', () => {
  it.each(['setup', 'doctor', 'check', 'list', 'plan', 'bench', 'flame', 'footprint', 'report'])(
    '%s has two examples',
    async (verb) => {
      const { exitCode, stdout } = await cli([verb, '--help']);
      expect(stdout.match(new RegExp(`^  gatebench ${verb}`, 'gm'))?.length).toBeGreaterThanOrEqual(2);
      expect(exitCode).toBe(0);
    },
  );

  it('mock shows the mock’s own flags', async () => {
    const { exitCode, stdout } = await cli(['mock', '--help']);
    expect(stdout).toContain('--stream-chunk-delay-ms');
    expect(exitCode).toBe(0);
  });

  it('mock refuses a bad flag with exit code 2', async () => {
    expect(await cli(['mock', '--latency', 'soon'])).toMatchObject({ exitCode: 2 });
  });
});

describe('data as JSON', () => {
  it('list, plan and doctor print it', async () => {
    const gateways: { label: string }[] = JSON.parse((await cli(['list', '--json'])).stdout);
    expect(gateways.map(({ label }) => label)).toContain('litellm:workers');
    const plan = JSON.parse((await cli(['plan', '--json', '-g', 'direct', '--vus', '50,150', '--seed', '7'])).stdout);
    expect(plan).toMatchObject({ seed: 7, cells: [{ id: 'direct-v50-r1' }, { id: 'direct-v150-r1' }] });
    expect(plan.estimatedS).toBeGreaterThan(150);
    const checks: { subject: string }[] = JSON.parse((await cli(['doctor', '--json'])).stdout);
    expect(checks.map(({ subject }) => subject)).toContain('gateway kong');
  });
});
