import type { Command } from 'commander';
import { EXIT } from '../lib/errors.js';
import { resolveOutFile, resolveShape, type SelfbenchOptions, selfbenchOptions } from './options/selfbench-options.js';
import { writeJson, writeResult, writeStatus } from './output.js';

export function registerSelfbench(program: Command): void {
  const command = program
    .command('selfbench')
    .description('measure the load engines and the mock upstream themselves, and write docs/performance.md');
  for (const option of selfbenchOptions()) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
Examples:
  gatebench selfbench
  gatebench selfbench --quick
  gatebench selfbench --engines native,wrk --vus 1000 --rounds 5 --out results/native-and-wrk.md

Exit codes: 0 everything was measured, 1 a measurement failed (with --strict: or a target was missed), 2 wrong usage`,
    )
    .action(async (options: SelfbenchOptions) => {
      const { interruptible } = await import('./interrupt.js');
      await interruptible((signal) => selfbench(options, signal));
    });
}

async function selfbench(options: SelfbenchOptions, signal: AbortSignal): Promise<void> {
  const [
    { endLeftovers },
    { runSelfbench },
    { requireDocumentFolder, renderDocument, writeDocument },
    { selfbenchProgress },
    { rootsOf },
    { lockMachine },
  ] = await Promise.all([
    import('../app/bench/end-orphans.js'),
    import('../app/selfbench/selfbench.js'),
    import('../app/selfbench/document.js'),
    import('./progress/selfbench-progress.js'),
    import('../lib/roots.js'),
    import('../app/bench/run-locks.js'),
  ]);
  const shape = resolveShape(options);
  const out = resolveOutFile(options);
  // Better to fail now than after a quarter of an hour.
  if (out !== null) await requireDocumentFolder(out);
  const request = { ...shape, engines: options.engines, firstPort: options.port };
  const allowConcurrent = options.allowConcurrent === true;
  const lock = await lockMachine('selfbench', { allowConcurrent, status: writeStatus });
  await endLeftovers(writeStatus);
  const result = await runSelfbench(request, rootsOf(), selfbenchProgress(shape), signal).finally(lock.release);
  const document = renderDocument(result);
  if (options.json) writeJson(result);
  else writeResult(document);
  if (out !== null) {
    await writeDocument(out, document);
    writeStatus(`\nwritten to ${out}`);
  }
  const failed = result.outcomes.some(({ kind }) => kind === 'failed');
  const missed = options.strict === true && result.targets.some(({ verdict }) => verdict !== 'reached');
  process.exitCode = failed || missed ? EXIT.failed : EXIT.ok;
}
