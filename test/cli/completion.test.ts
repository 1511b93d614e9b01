import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { cli } from '../support/cli.js';
import { fakeManifest } from '../support/fake-gateway.js';
import { gatebenchInPath, missingPrograms, ShellSession } from '../support/shell-session.js';

const program = gatebenchInPath();
const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
const mine = join(folder, 'mine');
mkdirSync(join(mine, 'fake'), { recursive: true });
writeFileSync(join(mine, 'fake', 'gateway.yaml'), stringify(fakeManifest('fake', 18_000, 'ok')));
mkdirSync(join(mine, 'broken'));
writeFileSync(join(mine, 'broken', 'gateway.yaml'), 'name: [');
mkdirSync(join(folder, 'old runs'));
writeFileSync(join(folder, 'perf.script'), '');

afterAll(() => {
  program.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What gatebench answers a shell. */
async function ask(...line: string[]): Promise<{ how: string; words: string[] }> {
  const { stdout, stderr, exitCode } = await cli(['__complete', ...line]);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const [how = '', ...lines] = stdout.trimEnd().split('\n');
  return { how, words: lines.map((text) => text.split('\t')[0] ?? '') };
}

const helps = new Map<string, string>();

/** Each is asked for once: a process takes a quarter of a second. */
async function helpOf(...verb: string[]): Promise<string> {
  const key = verb.join(' ');
  const known = helps.get(key) ?? (await cli([...verb, '--help'])).stdout;
  helps.set(key, known);
  return known;
}

/** Verbs of a command, and of its verbs, by its help. */
async function verbsBelow(...verb: string[]): Promise<string[][]> {
  const [, rest = ''] = (await helpOf(...verb)).split('\nCommands:\n');
  // Examples follow, which begin with "gatebench": without this, it would ask for the help of ever longer command lines.
  const [list = ''] = rest.split('\n\n');
  const names = [...list.matchAll(/^ {2}([a-z0-9-]+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  const below = await Promise.all(names.map((name) => verbsBelow(...verb, name)));
  return [...names.map((name) => [...verb, name]), ...below.flat()];
}

describe('what can stand at the cursor', () => {
  it('is every verb and option that --help shows, and every choice of an option', async () => {
    const verbs = await verbsBelow();
    expect(verbs).toContainEqual(['cloud', 'up']);
    expect((await ask('')).words).toEqual(expect.arrayContaining(['bench', 'completion', 'help']));
    // Verbs share options: each with its choices is asked for once.
    const asked = new Set<string>();
    for (const verb of verbs) {
      // It has its own help.
      if (verb[0] === 'mock') continue;
      const help = await helpOf(...verb);
      const [, list = ''] = help.split('\nOptions:\n');
      const options = [...list.matchAll(/^ {2}(?:-\w, )?(--[a-z0-9-]+)/gm)].map(([, option = '']) => option);
      expect(options).toContain('--help');
      const { words } = await ask(...verb, '--');
      expect(words.sort(), verb.join(' ')).toEqual(options.sort());
      const choices = list
        .replaceAll(/\n {4,}/g, ' ')
        .matchAll(/^ {2}(?:-\w, )?(--[a-z0-9-]+) .*?\(choices: ([^)]*?)(?:, default: [^)]*)?\)/gm);
      for (const [, option = '', quoted = ''] of choices) {
        if (asked.has(`${option} ${quoted}`)) continue;
        asked.add(`${option} ${quoted}`);
        const expected = [...quoted.matchAll(/"([^"]+)"/g)].map(([, choice]) => choice);
        expect((await ask(...verb, option, '')).words, `${verb.join(' ')} ${option}`).toEqual(expected);
      }
    }
  });

  it.each([
    ['engines', ['bench', '--engine', ''], ['native', 'autocannon', 'k6', 'wrk']],
    ['profilers after =', ['flame', '--profiler=pp'], ['--profiler=pprof']],
    ['formats', ['compare', '--format', 'j'], ['json', 'junit']],
    ['gateways', ['bench', '-g', 'haprox'], ['haproxy']],
    ['variants', ['bench', '--gateways', 'litellm:w'], ['litellm:workers']],
    ['versions', ['bench', '--gateways', 'litellm:1'], ['litellm:1.108.7']],
    ['the next of a list', ['bench', '--gateways', 'direct,litellm:w'], ['direct,litellm:workers']],
    ['no gateway twice', ['bench', '--gateways', 'direct,dir'], []],
    ['sets of gateways', ['bench', '-g', '@'], ['@all', '@baselines', '@published', '@today']],
    ['the next set of a list', ['bench', '-g', 'portkey,@tod'], ['portkey,@today']],
    ['sets to set up', ['setup', '@base'], ['@baselines']],
    ['gateways after =', ['bench', '--gateways=direct,haprox'], ['--gateways=direct,haproxy']],
    ['gateways for several words', ['compare', 'results', '--between', 'direct', 'haprox'], ['haproxy']],
    ['gateways of another folder', ['bench', '--gateways-dir', mine, '-g', 'f'], ['fake']],
    ['a broken manifest, to check it', ['check', '--gateways-dir', mine, 'bro'], ['broken']],
    ['gateways and tools to set up', ['setup', 'direct', 'py'], ['py-spy']],
    ['scenarios', ['bench', '-s', 'qu'], ['quick']],
    ['machines to make', ['cloud', 'up', '--provider', 'g'], ['gcp']],
    ['verbs of a verb', ['flame', 'im'], ['import']],
    ['what a verb takes', ['list', 'sc'], ['scenarios']],
    ['options of bench after the -- of cloud bench', ['cloud', 'bench', '--keep', '--', '--scen'], ['--scenario']],
    ['their values', ['cloud', 'bench', '--', '--scenario', 'qu'], ['quick']],
    ['no option after --', ['setup', '--', '--str'], []],
    ['nothing for a number', ['bench', '--vus', ''], []],
    ['nothing for an option there is not', ['bench', '--nope=', ''].slice(0, 2), []],
    ['options where nothing else fits', ['bench', '--strict', '--fla'], ['--flame']],
    ['no flag twice', ['bench', '--flame', '--fla'], []],
  ])('%s', async (_, line, expected) => {
    expect((await ask(...line)).words).toEqual(expected);
  });

  it.each([
    ['a folder for --out', ['bench', '--out', 'r'], 'folders'],
    ['a run', ['report', ''], 'folders'],
    ['a file for a scenario', ['bench', '--scenario', './mine'], 'files'],
    ['a profile', ['flame', 'import', ''], 'files'],
    ['no file for a time', ['bench', '--duration', ''], 'words'],
  ])('%s', async (_, line, how) => {
    expect((await ask(...line)).how).toBe(how);
  });

  it('is every gateway and scenario that list shows', async () => {
    const labels: { label: string }[] = JSON.parse((await cli(['list', '--json'])).stdout);
    const { sets }: { sets: { set: string }[] } = JSON.parse((await cli(['list', 'sets', '--json'])).stdout);
    const names = sets.map(({ set }) => set).sort();
    expect((await ask('bench', '-g', '')).words).toEqual([...labels.map(({ label }) => label), ...names]);
    const scenarios: { name: string }[] = JSON.parse((await cli(['list', 'scenarios', '--json'])).stdout);
    expect((await ask('bench', '-s', '')).words).toEqual(scenarios.map(({ name }) => name));
  });

  it('says what each is', async () => {
    expect((await cli(['__complete', 'bench', '-g', '@base'])).stdout).toMatch(/^@baselines\t.*plain proxies$/m);
    const { stdout } = await cli(['__complete', 'bench', '-g', 'portkey']);
    expect(stdout).toMatch(/^portkey\tPortkey 1\.15\.2$/m);
  });
});

/** What is typed before the tab, and the line after it. */
const TYPED: [what: string, typed: string, completed: string][] = [
  ['a verb', 'gatebench ben', 'gatebench bench '],
  ['an option', 'gatebench bench --gateways-d', 'gatebench bench --gateways-dir '],
  ['an engine', 'gatebench bench --engine auto', 'gatebench bench --engine autocannon '],
  ['a gateway, to which more can be added', 'gatebench bench -g portk', 'gatebench bench -g portkey'],
  ['a list', 'gatebench bench -g direct,portk', 'gatebench bench -g direct,portkey'],
  ['a variant', 'gatebench bench -g litellm:w', 'gatebench bench -g litellm:workers'],
  ['a variant in a list', 'gatebench bench -g direct,litellm:w', 'gatebench bench -g direct,litellm:workers'],
  ['a set of gateways', 'gatebench bench -g @tod', 'gatebench bench -g @today'],
  ['a set in a list', 'gatebench bench -g direct,@tod', 'gatebench bench -g direct,@today'],
  ['a value after =', 'gatebench bench --gateways=kong:ai', 'gatebench bench --gateways=kong:ai-proxy'],
  [
    'after an operator in quotes',
    "gatebench bench --until 'ci<=2%' --scen",
    "gatebench bench --until 'ci<=2%' --scenario ",
  ],
  ['a folder', 'gatebench bench --out ol', String.raw`gatebench bench --out old\ runs/`],
  ['a folder after =', 'gatebench bench --out=ol', String.raw`gatebench bench --out=old\ runs/`],
  ['no file where a folder is wanted', 'gatebench bench --out perf', 'gatebench bench --out perf'],
  ['a file', 'gatebench flame import per', 'gatebench flame import perf.script '],
  ['no file for a time', 'gatebench bench --duration per', 'gatebench bench --duration per'],
  ['nothing that would run', 'gatebench bench -g $(touch ran) --scen', 'gatebench bench -g $(touch ran) --scenario '],
];

describe.each(['bash', 'zsh'] as const)('in %s', (shell) => {
  const missing = missingPrograms('script', shell);
  if (missing.length > 0)
    process.stderr.write(`\nSKIPPED: completion in ${shell}: there is no ${missing.join(' and ')}\n`);

  describe.skipIf(missing.length > 0)('on a terminal', () => {
    let session: ShellSession;
    beforeAll(async () => {
      session = await ShellSession.start(shell, folder, program.path);
    });
    afterAll(() => session.end());

    it.each(TYPED)('%s', async (_, typed, completed) => {
      expect(await session.complete(typed)).toBe(completed);
      expect(existsSync(join(folder, 'ran'))).toBe(false);
    });
  });
});

const noFish = missingPrograms('fish');
if (noFish.length > 0) process.stderr.write('\nSKIPPED: completion in fish: there is no fish\n');

describe.skipIf(noFish.length > 0)('in fish', () => {
  const completions = (line: string) =>
    execFileSync('fish', ['-c', 'gatebench completion fish | source; complete -C $argv[1]', line], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${program.path}:${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8' },
    })
      .split('\n')
      .filter(Boolean)
      .map((text) => text.split('\t')[0]);

  it.each([
    ['a verb', 'gatebench ben', ['bench']],
    ['all verbs', 'gatebench ', expect.arrayContaining(['bench', 'cloud', 'completion'])],
    ['a gateway', 'gatebench bench -g haprox', ['haproxy']],
    ['a list', 'gatebench bench -g direct,litellm:w', ['direct,litellm:workers']],
    ['a set of gateways', 'gatebench bench -g @tod', ['@today']],
    ['a value after =', 'gatebench bench --gateways=kong:ai', ['--gateways=kong:ai-proxy']],
    ['a folder', 'gatebench bench --out ol', ['old runs/']],
    ['a folder after =', 'gatebench bench --out=ol', ['--out=old runs/']],
    ['a file', 'gatebench flame import per', ['perf.script']],
    ['no file for a time', 'gatebench bench --duration per', []],
  ])('%s', (_, line, expected) => {
    expect(completions(line)).toEqual(expected);
  });
});
