import { type Command, Option } from 'commander';
import { ExpectedError } from '../lib/errors.js';
import { formatMilliseconds, formatSignificant } from '../lib/format.js';
import { rootsOf } from '../lib/roots.js';
import type { CellRecord } from '../model/record.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import { measure } from './measure.js';
import { allowConcurrentOption, cellRequest, gatewaysDirOption, parsePort } from './options/cell-options.js';
import { writeResult, writeStatus } from './output.js';

/** Enough to see that it works; no figure of it is worth anything. */
const SMOKE = { vus: [10], duration: 5, warmup: 1, idle: 0, recovery: 0, cooldown: 0 };

export interface TryOptions {
  gatewaysDir?: string;
  out?: string;
  mockPort?: number;
  allowConcurrent?: boolean;
}

/** Options of {@link tryGateway}. */
export const tryOptions = () => [
  new Option('--mock-port <port>', 'port of the mock upstream while it is tried').argParser(parsePort),
  new Option('-o, --out <dir>', 'parent folder of the trial (default: results)'),
  allowConcurrentOption(),
  gatewaysDirOption(),
];

/**
 * Check a gateway, install it, and measure it for 5 s beside the direct baseline, if there is one.
 * @throws ExpectedError where one of these fails
 */
export async function tryGateway(
  label: string,
  options: TryOptions,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const [{ checkTargets }, { checkText }, { installAll }, { setupTable }, { allVariants, readGateways }] =
    await Promise.all([
      import('../app/check/check-targets.js'),
      import('./check.js'),
      import('../app/setup/install-all.js'),
      import('./progress/format-setup.js'),
      import('../store/gateways.js'),
    ]);
  const roots = rootsOf(options.gatewaysDir);
  const [name = label] = label.split(/[:@]/);
  const checked = await checkTargets([name], roots);
  writeStatus(await checkText(checked));
  if (checked.problems.some(({ severity }) => severity === 'error')) {
    throw new ExpectedError('the manifest has errors', 'correct them; `gatebench check` shows what is left');
  }
  const rows = await installAll(
    { labels: [label], force: false, verbose: false },
    { roots, signal, status: writeStatus },
  );
  writeStatus(setupTable(rows));
  const failed = rows.filter(({ result }) => result.outcome === 'failed');
  if (failed.length > 0) {
    throw new ExpectedError(
      `${failed.map(({ label }) => label).join(', ')} could not be installed`,
      'see the reasons above; docs/adding-a-gateway.md has a section on each install method',
    );
  }
  const baselines = allVariants(await readGateways(roots.gateways))
    .filter(({ kind }) => kind === 'direct')
    .map(gatewayLabel);
  const request = () => ({
    ...cellRequest({
      ...SMOKE,
      gateways: [...baselines, label],
      scenario: 'quick',
      engine: 'native',
      runtime: 'process',
      pin: 'auto',
      loadPriority: 'auto',
      calibration: false,
    }),
  });
  const { folder, records } = await measure(
    'bench',
    request,
    { ...options, calibration: false, retryInvalid: 0, trial: true },
    command,
    signal,
  );
  writeResult(records.map(lineOf).join('\n'));
  writeStatus(`5 s show that it works, and no more: no figure of it counts. Report: ${folder}/report/index.html`);
  const broken = records.filter(({ outcome }) => outcome.kind !== 'ok' && outcome.kind !== 'invalid');
  if (broken.length > 0) {
    throw new ExpectedError(
      `${broken.map(({ cell }) => cell.id).join(', ')}: not measured`,
      `see the outcome above, and ${folder}/cells; docs/adding-a-gateway.md says where to look for each stage`,
    );
  }
}

/** `litellm: ok, 153 requests a second at 10 VUs, p50 62.1 ms`, or what went wrong. */
function lineOf({ cell, outcome, ratePerSec, latencyUs }: CellRecord): string {
  const label = gatewayLabel({ name: cell.gateway, variant: cell.variant });
  switch (outcome.kind) {
    case 'ok':
    case 'invalid': {
      const rate =
        ratePerSec === null ? '' : `, ${formatSignificant(ratePerSec, 3)} requests a second at ${cell.vus} VUs`;
      const p50 = latencyUs === null ? '' : `, p50 ${formatMilliseconds(latencyUs.p50)}`;
      return `${label}: works${rate}${p50}`;
    }
    case 'failed':
      return [`${label}: failed at ${outcome.stage}: ${outcome.error}`, ...hintOf(outcome), ...outcome.logTail].join(
        '\n  ',
      );
    case 'crashed':
      return [`${label}: crashed: ${outcome.reason}`, ...outcome.logTail].join('\n  ');
    case 'skipped':
      return [`${label}: skipped: ${outcome.reason}`, ...hintOf(outcome)].join('\n  ');
    default:
      return outcome satisfies never;
  }
}

function hintOf({ hint }: { hint?: string | undefined }): string[] {
  return hint === undefined ? [] : [hint];
}
