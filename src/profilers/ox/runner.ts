/**
 * A program that starts Node under 0x in the gateway's place, stops it when it is told to stop, and writes what V8
 * sampled.
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
/** For V8's log, some 100 MB, and 0x's output. No other log may be in this folder. */
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

// 0x ignores the first of these. In the child it has installed a handler that stops it cleanly.
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

/** Keeps only the tree with V8's tiers, the one that is read: about 1 MB of 12 to 39. */
async function keepStacks(collected: string): Promise<void> {
  const name = (await readdir(collected)).find((each) => /^stacks\.\d+\.json$/.test(each));
  if (name === undefined) throw new Error(`no stacks in ${collected}`);
  const { unmerged } = JSON.parse(await readFile(join(collected, name), 'utf8')) as { unmerged: unknown };
  const partial = join(workingDir, STACKS_FILE);
  await writeFile(partial, gzipSync(JSON.stringify({ unmerged })));
  await rename(partial, join(outDir, STACKS_FILE));
}
