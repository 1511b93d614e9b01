/**
 * A program of its own: starts Node under 0x in the gateway's place, ends it when it is told to end itself, and
 * writes what V8 saw of it.
 *
 *     node runner.js FOLDER -- node [OPTIONS] ENTRY [ARGUMENTS]
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import zeroEks from '0x';
import { STACKS_FILE, WORK_FOLDER } from './files.js';

const [folder = '.', , node = 'node', ...argv] = process.argv.slice(2);
const outDir = resolve(folder);
/** V8's log, some 100 MB of it, and what 0x makes of it: it has to be a folder that nobody else's log is in. */
const workingDir = join(outDir, WORK_FOLDER);

let exitCode: number | null = null;
const options: Parameters<typeof zeroEks>[0] = {
  argv,
  pathToNodeBinary: node,
  workingDir,
  outputDir: 'collected',
  collectOnly: true,
  treeDebug: true,
  quiet: true,
  onProcessExit: (code) => {
    exitCode = code;
  },
};

// 0x hears these too, and does nothing at the first one. The child has a handler of 0x's that ends it in order.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (options.pid !== undefined && exitCode === null) process.kill(options.pid, 'SIGTERM');
  });
}

await mkdir(workingDir, { recursive: true });
try {
  await keepStacks(await zeroEks(options));
  process.exitCode = exitCode ?? 0;
} catch (error) {
  process.stderr.write(`0x: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(workingDir, { recursive: true, force: true });
}

/** The tree with V8's tiers in it, which is all that is read: of 12 to 39 MB in two versions, about 1 MB. */
async function keepStacks(collected: string): Promise<void> {
  const name = (await readdir(collected)).find((each) => /^stacks\.\d+\.json$/.test(each));
  if (name === undefined) throw new Error(`no stacks in ${collected}`);
  const { unmerged } = JSON.parse(await readFile(join(collected, name), 'utf8')) as { unmerged: unknown };
  const inFlightAtEnd = join(workingDir, STACKS_FILE);
  await writeFile(inFlightAtEnd, gzipSync(JSON.stringify({ unmerged })));
  await rename(inFlightAtEnd, join(outDir, STACKS_FILE));
}
