import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { selfbenchDocument } from '../app/selfbench/document.js';
import { findUpstreams } from '../app/selfbench/find-upstreams.js';
import { withKeptNotes } from '../app/selfbench/kept-notes.js';
import { medianRows } from '../app/selfbench/median-rows.js';
import { inRounds, planTrials } from '../app/selfbench/plan-trials.js';
import type { Absent, SelfbenchResult } from '../app/selfbench/result.js';
import { runRounds } from '../app/selfbench/run-rounds.js';
import { judgeTargets } from '../app/selfbench/targets.js';
import { EXIT, ExpectedError, UsageError } from '../lib/errors.js';
import { harnessVersion } from '../lib/harness-version.js';
import { describeMachine, descriptorLimit } from '../lib/machine.js';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { rootsOf } from '../lib/roots.js';
import { temporaryFolder } from '../lib/temporary-folder.js';
import type { Engine } from '../load/engine.js';
import { DEFAULT_ENGINE, engineNamed, engineNames } from '../load/engines.js';
import { writeFileAtomic } from '../store/atomic-file.js';
import { requireWritable } from '../store/run-folder.js';
import { interruptible } from './interrupt.js';
import { type SelfbenchOptions, selfbenchOptions, selfbenchShape } from './options/selfbench-options.js';
import { writeJson, writeResult, writeStatus } from './output.js';
import { selfbenchPlanText, selfbenchProgress } from './progress/selfbench-progress.js';

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

Exit codes: 0 everything was measured, 1 a measurement could not be taken (with --strict: or a target was not reached), 2 wrong usage`,
    )
    .action((options: SelfbenchOptions) => interruptible((signal) => selfbench(options, signal)));
}

async function selfbench(options: SelfbenchOptions, signal: AbortSignal): Promise<void> {
  const shape = selfbenchShape(options);
  const load1Before = loadavg()[0] ?? 0;
  requireDescriptors(Math.max(...shape.vus, ...shape.zeroVus), descriptorLimit());
  const out = outFile(options);
  // Better now than after a quarter of an hour.
  if (out !== null) await requireWritable(dirname(out));
  const folder = await temporaryFolder();
  try {
    const { engines, absent: absentEngines } = await findEngines(options.engines ?? engineNames());
    const { upstreams, absent: absentUpstreams } = await findUpstreams(rootsOf(), folder.path, signal);
    const absent = [...absentEngines, ...absentUpstreams];
    const [first] = engines;
    if (first === undefined) {
      throw new ExpectedError(`no engine can run here: ${absent[0]?.reason}`, absent[0]?.hint);
    }
    const driver = (engines.find(({ name }) => name === DEFAULT_ENGINE) ?? first).name;
    const trials = planTrials({
      ...shape,
      engines: engines.map(({ name }) => name),
      driver,
      upstreams: upstreams.map(({ kind }) => kind),
      cores: availableParallelism(),
    });
    writeStatus(selfbenchPlanText(trials, shape, absent));
    const createdAt = new Date().toISOString();
    const entries = inRounds(trials, shape.rounds);
    const outcomes = await runRounds(entries, {
      engines: new Map(engines.map((engine) => [engine.name, engine])),
      upstreams: new Map(upstreams.map((upstream) => [upstream.kind, upstream])),
      settings: shape,
      firstPort: options.port,
      signal,
      ...selfbenchProgress(entries, shape),
    });
    const rows = medianRows(outcomes);
    const result: SelfbenchResult = {
      createdAt,
      harness: await harnessVersion(),
      machine: describeMachine(),
      load1Before,
      settings: { durationS: shape.durationS, warmupS: shape.warmupS, rounds: shape.rounds },
      driver,
      engines: engines.map(({ name, version }) => ({ name, version })),
      upstreams: upstreams.map(({ kind, title, version }) => ({ kind, title, version })),
      absent,
      outcomes,
      rows,
      targets: judgeTargets(rows),
    };
    const document = selfbenchDocument(result);
    if (options.json) writeJson(result);
    else writeResult(document);
    if (out !== null) {
      const existing = await readFile(out, 'utf8').catch(() => null);
      await writeFileAtomic(out, withKeptNotes(document, existing));
      writeStatus(`\nwritten to ${out}`);
    }
    process.exitCode = exitCodeOf(result, options.strict === true);
  } finally {
    await folder.remove();
  }
}

async function findEngines(names: string[]): Promise<{ engines: Engine[]; absent: Absent[] }> {
  const engines: Engine[] = [];
  const absent: Absent[] = [];
  for (const engine of [...new Set(names)].map(engineNamed)) {
    const missing = await engine.unavailable();
    if (missing === null) engines.push(engine);
    else absent.push({ name: engine.name, ...missing });
  }
  return { engines, absent };
}

/** A quick run doesn't replace the project's own figures. */
function outFile({ out, quick }: SelfbenchOptions): string | null {
  if (out !== undefined) return resolve(out);
  return quick ? null : resolve(PACKAGE_ROOT, 'docs', 'performance.md');
}

/** Besides its connections, a process opens files of its own. */
const DESCRIPTORS_BESIDE = 200;

function requireDescriptors(vus: number, limit: number | null): void {
  if (limit === null || vus + DESCRIPTORS_BESIDE <= limit) return;
  throw new UsageError(
    `${vus} VUs need ${vus + DESCRIPTORS_BESIDE} open files a process, and the limit here is ${limit}`,
    `raise it (ulimit -n ${vus + DESCRIPTORS_BESIDE}), or choose fewer VUs with --vus`,
  );
}

function exitCodeOf({ outcomes, targets }: SelfbenchResult, strict: boolean): number {
  const failed = outcomes.some(({ kind }) => kind === 'failed');
  const missed = strict && targets.some(({ verdict }) => verdict !== 'reached');
  return failed || missed ? EXIT.failed : EXIT.ok;
}
