import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { download } from '../../src/install/download.js';
import {
  contextFor,
  HOST,
  localServer,
  onlyMethod,
  run,
  serve,
  sha256,
  temporaryFolder,
  tinyGateway,
  tinyProgram,
} from './support.js';

const PROGRAM = tinyProgram('1.0.0');

async function install(method: Record<string, unknown>) {
  const gateway = tinyGateway('/nowhere', [{ method: 'download', program: 'tiny', ...method }]);
  const context = await contextFor(gateway);
  return { context, attempt: download.install(onlyMethod(gateway, 'download'), context) };
}

it('downloads a program, fills in the address and makes the file executable', async () => {
  const [os, arch] = HOST.split('-');
  const origin = await localServer(serve({ [`/1.0.0/tiny_${os}_${arch}`]: PROGRAM }));
  const url = `${origin}/{version}/tiny_{os}_{arch}`;
  const { attempt } = await install({ url, sha256: { [HOST]: sha256(PROGRAM) } });
  const { entry, pinnedBy } = await attempt;
  expect(run(entry, [])).toBe('tiny 1.0.0\n');
  expect(pinnedBy).toBe(`sha256 ${sha256(PROGRAM)}`);
});

it('unpacks a tar.gz and keeps no archive', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'tiny'), PROGRAM);
  run('tar', ['-czf', 'tiny.tgz', 'tiny'], folder);
  const archive = await readFile(join(folder, 'tiny.tgz'));
  const origin = await localServer(serve({ '/tiny.tgz': archive }));
  const { attempt, context } = await install({
    url: `${origin}/tiny.tgz`,
    archive: 'tar.gz',
    sha256: { [HOST]: sha256(archive) },
  });
  const { entry } = await attempt;
  expect((await stat(entry)).mode & 0o111).not.toBe(0);
  expect(await readdir(context.target)).toEqual(['tiny']);
});

it('keeps nothing of a file with another checksum', async () => {
  const origin = await localServer(serve({ '/tiny': tinyProgram('evil') }));
  const { attempt, context } = await install({ url: `${origin}/tiny`, sha256: { [HOST]: sha256(PROGRAM) } });
  await expect(attempt).rejects.toThrow(`not ${sha256(PROGRAM)}`);
  expect(await readdir(context.target)).toEqual([]);
});

it('says what the server responded', async () => {
  const origin = await localServer(serve({}));
  const { attempt } = await install({ url: `${origin}/tiny`, sha256: { [HOST]: sha256(PROGRAM) } });
  await expect(attempt).rejects.toThrow(`${origin}/tiny responded 404`);
});

it('says why a server could not be reached', async () => {
  const { attempt } = await install({ url: 'http://127.0.0.1:1/tiny', sha256: { [HOST]: sha256(PROGRAM) } });
  await expect(attempt).rejects.toThrow(/can't fetch http:.*: .*(ECONNREFUSED|bad port)/);
});

it('refuses a platform without a checksum before it downloads anything', async () => {
  const other = HOST === 'darwin-arm64' ? 'linux-amd64' : 'darwin-arm64';
  const { attempt, context } = await install({
    url: 'http://127.0.0.1:1/tiny',
    sha256: { [other]: sha256(PROGRAM) },
  });
  await expect(attempt).rejects.toThrow(`no checksum is known for ${HOST}, only for ${other}`);
  expect(context.lines).toEqual([]);
});

it('says that the archive lacks the program', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'other'), PROGRAM);
  run('tar', ['-czf', 'tiny.tgz', 'other'], folder);
  const archive = await readFile(join(folder, 'tiny.tgz'));
  const origin = await localServer(serve({ '/tiny.tgz': archive }));
  const { attempt } = await install({
    url: `${origin}/tiny.tgz`,
    archive: 'tar.gz',
    sha256: { [HOST]: sha256(archive) },
  });
  await expect(attempt).rejects.toThrow('does not contain tiny');
});
