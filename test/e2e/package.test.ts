import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { CellRecord } from '../../src/model/record.js';
import { freePort } from '../support/free-port.js';

const AS_ROOT = process.getuid?.() === 0;
/** Debian's nobody: no folder of its own, and no right to write to what root has installed. */
const NOBODY = 65534;
const MAX_UNPACKED_BYTES = 8e6;

const folder = mkdtempSync(join(tmpdir(), 'gatebench-e2e-'));
chmodSync(folder, 0o755);
const prefix = join(folder, 'prefix');
const installed = join(prefix, 'lib', 'node_modules', 'gatebench');
const user = {
  home: join(folder, 'home'),
  cache: join(folder, 'cache'),
  work: join(folder, 'work'),
  locks: join(folder, 'locks'),
};

let packed: { filename: string; size: number; unpackedSize: number; files: { path: string }[] };
let tarball: string;
let commit: string;

/** A copy of the project as a commit of its own: packing builds, and other tests use what is built here. */
function stageProject(): string {
  const stage = join(folder, 'stage');
  const left = /^(node_modules|dist|coverage|\.git|\.gateways|\.tools|\.cloud|results\/(?!README|published).*)$/;
  cpSync(PACKAGE_ROOT, stage, { recursive: true, filter: (path) => !left.test(relative(PACKAGE_ROOT, path)) });
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      cwd: stage,
      encoding: 'utf8',
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'The project');
  commit = git('rev-parse', 'HEAD').trim();
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(stage, 'node_modules'));
  // node_modules/ in .gitignore is a folder.
  writeFileSync(join(stage, '.git', 'info', 'exclude'), 'node_modules\n');
  return stage;
}

beforeAll(() => {
  const stage = stageProject();
  const out = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: stage, encoding: 'utf8' });
  const result: unknown = JSON.parse(out);
  // Of npm 11 and before a list, of later ones an object by name.
  [packed] = Object.values(result as Record<string, typeof packed>) as [typeof packed];
  tarball = join(folder, packed.filename);
  // Somebody else's checkout, whose commit is not the package's.
  mkdirSync(prefix);
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { cwd: prefix });
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'Another project');
  npm(['install', '--global', '--prefix', prefix, tarball]);
  for (const path of Object.values(user)) {
    mkdirSync(path);
    if (AS_ROOT) chownSync(path, NOBODY, NOBODY);
  }
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npm(args: string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' });
}

/** Runs the installed program, where root runs this as a user who may not write to it. */
function gatebench(...args: string[]) {
  const drop = AS_ROOT ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const [command = '', ...words] = [...drop, join(prefix, 'bin', 'gatebench'), ...args];
  return spawnSync(command, words, {
    cwd: user.work,
    encoding: 'utf8',
    env: {
      ...process.env,
      HOME: user.home,
      XDG_CACHE_HOME: user.cache,
      GATEBENCH_LOCK_DIR: user.locks,
      // npx, which may have started the tests, sets its own for all below.
      npm_config_cache: join(user.home, '.npm'),
    },
  });
}

/** Of every file below a folder, with its mode. */
function hashOf(root: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(root, path));
    hash.update(`${path} ${stat.mode}\n`);
    if (stat.isFile()) hash.update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

describe('the package', () => {
  const paths = () => packed.files.map(({ path }) => path);

  /** What the sources name below PACKAGE_ROOT, a checkout's own folders aside. */
  function namedPaths(): string[] {
    const ofCheckout = /^(\.gateways|\.tools|\.cloud|results|docs\/performance\.md|package-lock\.json)$/;
    const sources = readdirSync(join(PACKAGE_ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    return sources.flatMap((path) => {
      const text = readFileSync(join(PACKAGE_ROOT, 'src', path), 'utf8');
      const joined = [...text.matchAll(/(?:join|resolve)\(PACKAGE_ROOT,((?:\s*'[^']+',?)+)/g)].map(([, words = '']) =>
        [...words.matchAll(/'([^']+)'/g)].map(([, word]) => word).join('/'),
      );
      const programs = [...text.matchAll(/compiledProgram\('([^']+)'\)/g)].map(([, name]) => `dist/${name}.js`);
      return [...joined, ...programs].filter((found) => !ofCheckout.test(found));
    });
  }

  it('holds all that the program reads of its own folder', () => {
    const named = namedPaths();
    expect(named).toEqual(
      expect.arrayContaining([
        'gateways',
        'results/published',
        'remote-programs',
        'completions',
        'dist/mock-upstream/main.js',
      ]),
    );
    const missing = named.filter((name) => !paths().some((path) => path === name || path.startsWith(`${name}/`)));
    expect(missing).toEqual([]);
  });

  it('holds every file of the definitions, lock files and hidden ones too', () => {
    const folders = ['gateways', 'scenarios', 'tools', 'terraform', 'schema', 'completions', 'results/published'];
    const wanted = folders.flatMap((name) =>
      readdirSync(join(PACKAGE_ROOT, name), { recursive: true, encoding: 'utf8' })
        .map((path) => join(name, path))
        .filter(
          (path) => statSync(join(PACKAGE_ROOT, path)).isFile() && !/\/\.terraform\/|\.tfstate|\.tfvars$/.test(path),
        ),
    );
    expect(wanted).toEqual(
      expect.arrayContaining(['gateways/portkey/npm/package-lock.json', 'terraform/gcp/.terraform.lock.hcl']),
    );
    expect(wanted.filter((path) => !paths().includes(path))).toEqual([]);
  });

  it('holds nothing needless', () => {
    expect(
      paths().filter((path) => /\.(ts|map|tsbuildinfo|tgz)$|^(src|common|node_modules|scripts|\.)/.test(path)),
    ).toEqual([]);
    expect(paths().filter((path) => path.startsWith('test/') && !path.startsWith('test/peers/'))).toEqual([]);
    process.stderr.write(`\npackage: ${paths().length} files, ${packed.size} bytes, ${packed.unpackedSize} unpacked\n`);
    expect(packed.unpackedSize).toBeLessThan(MAX_UNPACKED_BYTES);
  });

  it('brings its dependencies, and nothing for development', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
    const versionOf = (name: string) =>
      JSON.parse(readFileSync(join(installed, 'node_modules', name, 'package.json'), 'utf8')).version;
    for (const [name, version] of Object.entries<string>(dependencies)) {
      expect(`${name} ${versionOf(name)}`).toBe(`${name} ${version.replace(/^npm:.*@/, '')}`);
    }
    const found = Object.keys(devDependencies).filter((name) => existsSync(join(installed, 'node_modules', name)));
    // Some are dependencies of dependencies too.
    expect(found).not.toContain('typescript');
    expect(found).not.toContain('rolldown');
    // It would bring the canvas that needs Cairo.
    expect(found).not.toContain('chartjs-node-canvas');
  });
});

describe('installed by root, and used by another', () => {
  it('installs a gateway into the cache, measures it, and writes only to the current folder', async () => {
    const before = hashOf(installed);
    const length = [
      '--vus',
      '5',
      '--warmup',
      '1s',
      '--duration',
      '3s',
      '--idle',
      '1s',
      '--recovery',
      '1s',
      '--cooldown',
      '1s',
    ];
    const port = String(await freePort());
    const result = gatebench(
      'bench',
      '-g',
      'direct,portkey',
      '--setup',
      ...length,
      '--mock-port',
      port,
      '--retry-invalid',
      '0',
    );
    process.stderr.write(result.stderr);
    expect(result.status, result.stderr).toBe(0);
    expect(readdirSync(user.work)).toEqual(['results']);
    const [id = ''] = readdirSync(join(user.work, 'results'));
    const run = join(user.work, 'results', id);
    const { harness, settings, cells } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    expect(harness).toMatchObject({ commit, dirty: false });
    expect(settings.installDir).toBe(join(user.cache, 'gatebench', 'gateways'));
    expect(existsSync(join(settings.installDir, 'portkey'))).toBe(true);
    for (const cell of cells) {
      const record = CellRecord.parse(JSON.parse(readFileSync(join(run, 'cells', cell.id, 'record.json'), 'utf8')));
      // Whether the cell is valid is the machine's affair.
      expect(['ok', 'invalid']).toContain(record.outcome.kind);
    }
    const report = readFileSync(join(run, 'report', 'report.md'), 'utf8');
    expect(report).toContain('Portkey');
    expect(readdirSync(join(run, 'report', 'charts')).filter((name) => name.endsWith('.png')).length).toBeGreaterThan(
      0,
    );
    expect(hashOf(installed)).toBe(before);
  });

  it('reads gateways of the current folder besides its own', () => {
    const mine = join(user.work, 'gateways', 'mine');
    cpSync(join(installed, 'gateways', 'portkey'), mine, { recursive: true });
    const manifest = join(mine, 'gateway.yaml');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^name: portkey$/m, 'name: mine'));
    const labels: { label: string }[] = JSON.parse(gatebench('list', '--json').stdout);
    expect(labels.map(({ label }) => label)).toEqual(expect.arrayContaining(['mine', 'portkey', 'litellm:workers']));
    rmSync(join(user.work, 'gateways'), { recursive: true });
  });

  it.each(['bash', 'zsh', 'fish'])('prints its completion for %s', (shell) => {
    expect(gatebench('completion', shell).stdout).toContain('__complete');
  });

  it('says where an environment of machines would be, and why nothing can be copied to it', () => {
    const { status, stderr } = gatebench('cloud', 'bench', '--host', 'me@192.0.2.1', '--yes');
    expect(stderr).toContain('--project');
    expect(status).toBe(1);
  });
});

it('runs by npx', () => {
  const args = ['--yes', '--prefer-offline', '--package', tarball, 'gatebench', 'list', 'scenarios', '--json'];
  const out = execFileSync('npx', args, { cwd: folder, encoding: 'utf8' });
  const scenarios: { name: string }[] = JSON.parse(out);
  expect(scenarios.map(({ name }) => name)).toContain('published');
});
