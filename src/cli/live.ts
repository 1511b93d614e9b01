import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { MAX_SEED } from '../../common/upstream-limits.js';
import type { LiveOutcome } from '../app/live/execute-live.js';
import { EXIT, UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { allowConcurrentOption, gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { type LiveFlags, liveOptions, liveRequest } from './options/live-options.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

interface LiveCommandOptions extends LiveFlags {
  yes?: boolean;
  out?: string;
  allowConcurrent?: boolean;
  json?: boolean;
  gatewaysDir?: string;
}

export function registerLive(program: Command): void {
  const command = program
    .command('live')
    .description(
      'measure what gateways add before a real endpoint of yours, by pairs of requests, with spending capped',
    )
    .addHelpText(
      'after',
      `
Each pair is the same question, asked directly and through the gateway in the same second, in random order. Real requests
are sent and cost money; what will be sent is shown first, and asked for on a terminal.

Examples:
  export GATEBENCH_UPSTREAM_KEY=...
  gatebench live -g litellm,portkey --upstream https://api.openai.com/v1 --model gpt-4o-mini --max-usd 0.10
  gatebench live -g portkey --upstream https://api.openai.com/v1 --key-env OPENAI_API_KEY --model gpt-4o-mini --stream
  gatebench live -g ferro:1.4.4 --upstream https://vllm.example:8000/v1 --ca ca.pem --model my-model --max-requests 500 --yes

Exit codes: 0 every gateway has an interval, 1 something failed or was left out, 2 wrong usage`,
    )
    .action((options: LiveCommandOptions) => interruptible((signal) => live(options, signal)));
  for (const option of liveOptions()) command.addOption(option);
  command
    .addOption(new Option('-y, --yes', 'send without asking'))
    .addOption(new Option('-o, --out <dir>', 'parent folder of the run (default: results)'))
    .addOption(allowConcurrentOption())
    .addOption(jsonOption())
    .addOption(gatewaysDirOption());
}

async function live(options: LiveCommandOptions, signal: AbortSignal): Promise<void> {
  const [{ planLive }, { livePlanText, liveProgress }, { requireWritable }] = await Promise.all([
    import('../app/live/plan-live.js'),
    import('./progress/live-progress.js'),
    import('../store/run-folder.js'),
  ]);
  const [{ executeLive }, { lockMachine }, { endLeftovers }] = await Promise.all([
    import('../app/live/execute-live.js'),
    import('../app/bench/run-locks.js'),
    import('../app/bench/end-orphans.js'),
  ]);
  const roots = rootsOf(options.gatewaysDir);
  const plan = await planLive(liveRequest(options, randomInt(MAX_SEED)), process.env, roots);
  const parent = resolve(options.out ?? roots.results);
  await requireWritable(parent);
  writeStatus(livePlanText(plan));
  if (!(await confirmed(options.yes === true))) {
    writeStatus('nothing was sent');
    process.exitCode = EXIT.failed;
    return;
  }
  const concurrency = { allowConcurrent: options.allowConcurrent === true, status: writeStatus };
  const lock = await lockMachine(`live, results in ${parent}`, concurrency);
  let outcome: LiveOutcome;
  try {
    await endLeftovers(writeStatus);
    outcome = await executeLive(plan, parent, liveProgress(plan), signal);
  } finally {
    lock.release();
  }
  await show(outcome, options.json === true);
  if (signal.aborted) throw signal.reason;
  const { record, results } = outcome;
  const isWhole = record.skipped.length === 0 && record.ends.every(({ why }) => why !== 'direct-failed');
  process.exitCode = isWhole && results.every(({ addedUs }) => addedUs !== null) ? EXIT.ok : EXIT.failed;
}

/** @throws UsageError without a terminal to answer on */
async function confirmed(yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true) {
    throw new UsageError('refusing to send requests that cost money without confirmation', 'pass --yes');
  }
  const { ask } = await import('./ask.js');
  return ask('send these requests?', false);
}

async function show({ path, record, results }: LiveOutcome, asJson: boolean): Promise<void> {
  const [{ liveJson }, { liveSections }, { terminalSections }] = await Promise.all([
    import('../report/live/live-report.js'),
    import('../report/live/live-sections.js'),
    import('../report/terminal.js'),
  ]);
  if (asJson) writeJson(liveJson(record, results));
  else writeResult(terminalSections(liveSections(record, results), { colour: colours.isColorSupported }));
  writeStatus(`\nreport: ${path}/report/report.md`);
}
