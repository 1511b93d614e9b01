import { createHash } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { goModule } from '../../src/install/go-module.js';
import { probeVersion } from '../../src/install/version-probe.js';
import { canRun, contextFor, onlyMethod, run, setEnvironment, temporaryFolder, tinyGateway } from './support.js';

const MODULE = 'gatebench.test/tiny';
const VERSION = 'v1.0.0';
const ZIP = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], "w"); [z.write(f) for f in sys.argv[2:]]';
const PLAIN = {
  'go.mod': `module ${MODULE}\n\ngo 1.21\n`,
  'cmd/tiny/main.go': 'package main\n\nfunc main() { print("tiny") }\n',
};
/** Embeds a folder that the module lacks, as programs do whose web pages are built elsewhere. */
const EMBEDDING = {
  'go.mod': PLAIN['go.mod'],
  'cmd/tiny/main.go': [
    'package main',
    'import "embed"',
    '//go:embed all:ui',
    'var ui embed.FS',
    'var Version = "none"',
    'func main() { page, _ := ui.ReadFile("ui/index.html"); print(Version, " ", string(page)) }',
    '',
  ].join('\n'),
};

/** A module proxy in a folder, and a Go that uses it alone, with a cache of its own. */
async function moduleProxy(files: Record<string, string>): Promise<{ folder: string; sum: string }> {
  const folder = await temporaryFolder();
  const proxy = join(folder, 'proxy', MODULE, '@v');
  await mkdir(proxy, { recursive: true });
  const prefix = `${MODULE}@${VERSION}`;
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, prefix, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const names = Object.keys(files).map((name) => `${prefix}/${name}`);
  run('python3', ['-c', ZIP, join(proxy, `${VERSION}.zip`), ...names], folder);
  await writeFile(join(proxy, `${VERSION}.mod`), files['go.mod'] ?? '');
  await writeFile(join(proxy, `${VERSION}.info`), JSON.stringify({ Version: VERSION, Time: '2026-01-01T00:00:00Z' }));
  await writeFile(join(proxy, 'list'), `${VERSION}\n`);
  const cache = join(folder, 'cache');
  setEnvironment({ GOPROXY: `file://${join(folder, 'proxy')}`, GONOSUMDB: 'gatebench.test', GOMODCACHE: cache });
  // Go's cache is read-only, which the folder's removal would fail on; hooks run last one first.
  onTestFinished(() => void run('go', ['clean', '-modcache']));
  // https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1
  const hash = (data: string, encoding: 'hex' | 'base64') => createHash('sha256').update(data).digest(encoding);
  const lines = Object.entries(files).map(([name, text]) => `${hash(text, 'hex')}  ${prefix}/${name}\n`);
  const byName = lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  return { folder, sum: `h1:${hash(byName.join(''), 'base64')}` };
}

const method = (more: object) => ({ method: 'go', module: MODULE, package: './cmd/tiny', version: VERSION, ...more });
const PROBE = { versionProbe: { from: 'go-build-info' } };

describe.skipIf(!canRun('go', ['version']) || !canRun('python3', ['--version']))('go', () => {
  it('builds a module with the right sum, with its version in the program', async () => {
    const { folder, sum } = await moduleProxy(PLAIN);
    const gateway = tinyGateway(folder, [method({ sum })], PROBE);
    const context = await contextFor(gateway);
    const installed = await goModule.install(onlyMethod(gateway, 'go'), context);
    expect(installed).toEqual({ entry: join(context.target, 'bin', 'tiny'), pinnedBy: `go.sum ${sum}` });
    expect(await probeVersion(installed, context)).toEqual({ version: 'v1.0.0', by: 'go version -m' });
  });

  it('builds nothing where the sum is another', async () => {
    const { folder, sum } = await moduleProxy(PLAIN);
    const gateway = tinyGateway(folder, [method({ sum: 'h1:AAAA' })], PROBE);
    const context = await contextFor(gateway);
    await expect(goModule.install(onlyMethod(gateway, 'go'), context)).rejects.toThrow(
      `has the sum ${sum}, not h1:AAAA`,
    );
    await expect(access(join(context.target, 'bin'))).rejects.toThrow();
  });

  it('adds the files that the module lacks, and keeps no source', async () => {
    const { folder } = await moduleProxy(EMBEDDING);
    await writeFile(join(folder, 'page.html'), 'page');
    const more = { overlay: { 'cmd/tiny/ui/index.html': 'page.html' }, ldflags: '-X main.Version=1.0.0' };
    const gateway = tinyGateway(folder, [method(more)]);
    const context = await contextFor(gateway);
    const { entry } = await goModule.install(onlyMethod(gateway, 'go'), context);
    expect(run('sh', ['-c', '"$0" 2>&1', entry])).toBe('1.0.0 page');
    await expect(access(join(context.target, 'source'))).rejects.toThrow();
  });

  it("tells Go's reason where there is no such module", async () => {
    const { folder } = await moduleProxy(PLAIN);
    const gateway = tinyGateway(folder, [method({ version: 'v9.9.9' })], PROBE);
    const attempt = goModule.install(onlyMethod(gateway, 'go'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow(/tiny@v9\.9\.9.*no such file/);
  });
});
