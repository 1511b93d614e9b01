import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { checkTargets } from '../../../src/app/check/check-targets.js';
import { formatProblem } from '../../../src/app/check/problem.js';
import { rootsOf } from '../../../src/lib/roots.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(root, { recursive: true }));
});

const BASE = {
  schemaVersion: 1,
  kind: 'process',
  name: 'mine',
  title: 'Mine',
  language: 'Go',
  colour: '#123456',
  version: '1.0.0',
  install: [{ method: 'existing', variable: 'GATEBENCH_MINE_BIN' }],
  versionProbe: { from: 'command', command: ['{entry}', '--version'], pattern: 'v(\\S+)' },
  process: { command: ['{entry}'], port: 18_000, health: { path: '/health' } },
};

/** Write a gateway: its manifest, with what differs, and other files by name. */
async function gateway(over: Record<string, unknown> = {}, files: Record<string, string> = {}): Promise<string> {
  const manifest = { ...BASE, ...over };
  const folder = join(root, String(manifest.name));
  const all = { 'README.md': '# It', 'gateway.yaml': stringify(manifest), ...files };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** Every problem in a line, without the folder. */
async function problems(...targets: string[]): Promise<string[]> {
  const { problems: found } = await checkTargets(targets, rootsOf(root));
  return found.map((problem) => `${problem.severity} ${formatProblem(problem).replaceAll(`${root}/`, '')}`);
}

const processWith = (over: Record<string, unknown>) => ({ process: { ...BASE.process, ...over } });
const installBy = (method: Record<string, unknown>) => ({ install: [method] });
const npm = { method: 'npm', project: 'npm', program: 'x/server.js' };
const pip = { method: 'pip', lock: 'requirements.lock', python: ['3.11'], program: 'bin/x' };

it('has nothing to say of a sound gateway', async () => {
  await gateway(
    { ...processWith({ files: [{ template: 'a.conf', to: 'conf/a.conf' }] }) },
    { 'a.conf': 'up {upstream}' },
  );
  expect(await problems()).toEqual([]);
  expect((await checkTargets([], rootsOf(root))).checked).toEqual(['mine']);
});

describe('what a manifest can get wrong', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'an unknown placeholder',
      processWith({ command: ['{entry}', '--port={prot}'] }),
      'gateway.yaml:20: process.command.1: unknown placeholder {prot}',
    ],
    [
      'a port without a name',
      processWith({ command: ['{entry}', '{ports.admin}'] }),
      'process.command.1: unknown placeholder {ports.admin}',
    ],
    [
      'one in a header',
      { request: { headers: { Authorization: 'Bearer {key}' } } },
      'request.headers.Authorization: unknown placeholder {key}',
    ],
    [
      'one in the version probe',
      { versionProbe: { ...BASE.versionProbe, command: ['{port}'] } },
      'versionProbe.command.0: unknown placeholder {port}',
    ],
    [
      'a missing template',
      processWith({ files: [{ template: 'gone.conf', to: 'a' }] }),
      'process.files.0.template: there is no file gone.conf',
    ],
    [
      'a template outside',
      processWith({ files: [{ template: '../../etc/hostname', to: 'a' }] }),
      'process.files.0.template: ../../etc/hostname is not in the folder of the manifest',
    ],
    [
      'an absolute template',
      processWith({ files: [{ template: '/etc/hostname', to: 'a' }] }),
      '/etc/hostname is not in the folder of the manifest',
    ],
    [
      'a folder as a template',
      processWith({ files: [{ template: '.', to: 'a' }] }),
      '. is not in the folder of the manifest',
    ],
    [
      'a target outside',
      processWith({ files: [{ template: 'README.md', to: '../../x' }] }),
      'process.files.0.to: ../../x is not in the work folder',
    ],
    [
      'a target in the installation',
      processWith({ files: [{ template: 'README.md', to: '{install}/x' }] }),
      'process.files.0.to: {install}/x is not in the work folder',
    ],
    [
      'two files in one place',
      processWith({
        files: [
          { template: 'README.md', to: 'a' },
          { template: 'README.md', to: '{work}/./a' },
        ],
      }),
      'process.files.1.to: another file goes to {work}/./a too',
    ],
    ['a missing lock of npm', installBy(npm), 'install.0.project: there is no file npm/package-lock.json'],
    ['a missing lock of pip', installBy(pip), 'install.0.lock: there is no file requirements.lock'],
    ['a lock outside', installBy({ ...pip, lock: '../x.lock' }), 'install.0.lock: ../x.lock is not in the folder'],
    [
      'a program outside',
      installBy({ method: 'deb-unpack', packages: ['x'], program: '../../../bin/sh' }),
      'install.0.program: ../../../bin/sh leads out of what is installed',
    ],
    [
      'a bad pattern',
      { versionProbe: { ...BASE.versionProbe, pattern: '(' } },
      'versionProbe.pattern: Invalid regular expression',
    ],
    [
      'a pattern without a group',
      { versionProbe: { ...BASE.versionProbe, pattern: 'v1' } },
      'versionProbe.pattern: has no group',
    ],
    [
      'a bad pattern of a category',
      { profiler: { categories: [{ category: 'json', name: '(' }] } },
      'profiler.categories.0.name: a regular expression',
    ],
    ['a port twice', processWith({ ports: { admin: 18_000 } }), 'process.ports.admin: 18000 is its process.port too'],
    ["the mock's port", processWith({ port: 9000 }), 'process.port: 9000 is the port of the mock upstream'],
    [
      'a health check on no port',
      processWith({ health: { path: '/', port: 'constructor' } }),
      'process.health.port: "constructor" is not in process.ports',
    ],
    ['a colour that is none', { colour: 'red' }, 'gateway.yaml:6: colour: a colour such as'],
    ['a control character', { title: 'a\u001b[2Jb' }, 'title: holds a control character'],
    ['a NUL', processWith({ environment: { A: 'a\0b' } }), 'process.environment.A: a NUL character'],
    [
      'a variable that is none',
      processWith({ environment: { 'A=B': 'x' } }),
      'process.environment.A=B: "A=B" can\'t be the name of a variable',
    ],
    [
      'a header that is none',
      { request: { headers: { 'a b': 'x' } } },
      'request.headers.a b: "a b" can\'t be the name of a header',
    ],
    [
      'a header of two lines',
      { request: { headers: { a: 'x\r\ny: z' } } },
      'request.headers.a: no header can hold this value',
    ],
    ['a path with a blank', processWith({ health: { path: '/a b' } }), 'process.health.path: holds a blank'],
    ['no program', processWith({ command: [''] }), 'process.command.0: is empty'],
    ['a relative working folder', processWith({ cwd: 'x' }), 'process.cwd: x is not an absolute path'],
    ['a version that is a path', { version: '../x' }, 'version: "../x" can\'t be the name of a folder'],
    ['a refused version', { refuseVersions: { '1.0.0': 'it is bad' } }, 'version: 1.0.0 is refused: it is bad'],
    ['an unknown key', { prot: 1 }, 'Unrecognized key: "prot"'],
    ['a newer manifest', { schemaVersion: 2 }, 'was written by a newer gatebench'],
  ])('%s', async (_, over, expected) => {
    await gateway(over);
    const found = await problems();
    expect(found).toContainEqual(expect.stringContaining(expected));
    expect(found.every((text) => text.startsWith('error '))).toBe(true);
  });

  it('in a service and in the steps after an installation', async () => {
    const redis = {
      title: 'Redis',
      install: [{ method: 'deb-unpack', packages: ['redis-server'], program: '../redis' }],
      version: { command: ['{work}/x'], pattern: '(' },
      command: ['{entry}', '--port', '{ports.admin}'],
      prepare: [['']],
      files: [{ template: 'gone.conf', to: '../x' }],
      port: 18_000,
    };
    await gateway({ services: { redis }, afterInstall: [{ command: ['{port}'], environment: { 'A=': '' } }] });
    const found = (await problems()).map((text) => text.replace(/^error mine\/gateway\.yaml:\d+: /, '').split(':')[0]);
    expect(found.sort()).toEqual([
      'afterInstall.0.command.0',
      'afterInstall.0.environment.A=',
      'services.redis.command.2',
      'services.redis.files.0.template',
      'services.redis.files.0.to',
      'services.redis.install.0.program',
      'services.redis.port',
      'services.redis.prepare.0.0',
      'services.redis.version.command.0',
      'services.redis.version.pattern',
    ]);
  });

  it('a placeholder in a template, with the line there', async () => {
    await gateway(processWith({ files: [{ template: 'a.conf', to: 'a.conf' }] }), { 'a.conf': 'a\nb {nothing}\n' });
    expect(await problems()).toEqual(['error mine/a.conf:2: unknown placeholder {nothing}']);
  });

  it('a template that is a link to elsewhere', async () => {
    const folder = await gateway(processWith({ files: [{ template: 'a.conf', to: 'a.conf' }] }));
    await symlink('/etc/hostname', join(folder, 'a.conf'));
    expect(await problems()).toEqual([
      expect.stringContaining('process.files.0.template: a.conf is a link to a file outside of the folder'),
    ]);
  });

  it('what a container does not have', async () => {
    const image = `x/y@sha256:${'0'.repeat(64)}`;
    await gateway({ container: { image, environment: { A: '{work}/a', B: '{port}' } } });
    expect(await problems()).toEqual([expect.stringContaining('container.environment.A: unknown placeholder {work}')]);
  });

  it('nothing of a profiler that names files of this machine: a container does without', async () => {
    const container = { image: `x/y@sha256:${'0'.repeat(64)}` };
    await gateway({ container, profiler: { environment: { A: '{luajit}/a', B: '{nothing}' } } });
    expect(await problems()).toEqual([
      expect.stringContaining('profiler.environment.B: unknown placeholder {nothing}'),
    ]);
  });

  it('in a variant, with the line there, and once where all variants have it', async () => {
    const variants = { one: {}, two: { process: { command: ['{entry}', '{nothing}'] } } };
    await gateway({ variants, process: { ...BASE.process, environment: { A: '{no}' } } });
    expect(await problems()).toEqual([
      expect.stringMatching(/^error mine\/gateway\.yaml:\d+: process\.environment\.A: unknown placeholder \{no\}$/),
      expect.stringMatching(/^error mine\/gateway\.yaml:\d+: variants\.two\.process\.command\.1: unknown/),
    ]);
  });

  it('two gateways alike, and no README, are warnings', async () => {
    const folder = await gateway();
    await gateway({ name: 'other' });
    await rm(join(folder, 'README.md'));
    expect(await problems('mine')).toEqual([
      'warning mine/gateway.yaml:20: process.port: 18000 is a port of other too',
      'warning mine/gateway.yaml: there is no README.md beside it',
      'warning mine/gateway.yaml:6: colour: #123456 is the colour of other too',
    ]);
  });

  it('a name other than the folder, and YAML that is none, beside gateways that are right', async () => {
    await gateway();
    await gateway({ name: 'other' }, { 'gateway.yaml': stringify({ ...BASE, name: 'else' }) });
    await gateway({ name: 'broken' }, { 'gateway.yaml': 'a: [' });
    expect(await problems()).toEqual([
      expect.stringMatching(/^error broken\/gateway\.yaml:\d+: not valid YAML/),
      'error other/gateway.yaml:3: name is "else", but its folder is "other"',
    ]);
  });
});

it('takes a folder of one, a folder of several, and nothing else', async () => {
  const folder = await gateway({ colour: 'red' });
  expect(await problems(folder)).toHaveLength(1);
  expect(await problems(root)).toHaveLength(1);
  await expect(problems(join(root, 'mine', 'README.md'))).rejects.toThrow('there is no gateway and no folder');
  await mkdir(join(root, 'empty'));
  await expect(problems(join(root, 'empty'))).rejects.toThrow('holds no gateway');
});
