import { type Command, Option } from 'commander';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { writeResult, writeStatus } from './output.js';
import { type TryOptions, tryGateway, tryOptions } from './try-gateway.js';

interface UpgradeOptions extends TryOptions {
  beside?: boolean;
  try: boolean;
}

export function registerUpgrade(program: Command): void {
  const command = program
    .command('upgrade')
    .description('pin a gateway to another version: manifest, lock file, sums; then check, install and try it')
    .argument('<gateway>', 'its name')
    .argument('[version]', 'the version (default: the newest that its registry has)')
    .addOption(
      new Option('--beside', 'keep the pinned version, and add this one as a variant: measured as name@version'),
    )
    .addOption(new Option('--no-try', 'only write the pin'))
    .addHelpText(
      'after',
      `
Examples:
  gatebench upgrade portkey
  gatebench upgrade litellm 1.108.7 --beside && gatebench bench -g litellm@1.82.6,litellm@1.108.7

Exit codes: 0 it works, 1 there is no such version, or it can't be installed or measured, 2 wrong usage`,
    );
  for (const option of tryOptions()) command.addOption(option);
  command.action((name: string, version: string | undefined, options: UpgradeOptions) =>
    interruptible((signal) => upgrade({ name, version }, options, command, signal)),
  );
}

async function upgrade(
  asked: { name: string; version: string | undefined },
  options: UpgradeOptions,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const [{ upgradeGateway }, { uvFor }] = await Promise.all([
    import('../app/upgrade/upgrade.js'),
    import('../app/setup/uv.js'),
  ]);
  const roots = rootsOf(options.gatewaysDir);
  const uv = uvFor(roots, { signal, status: writeStatus });
  writeStatus(`${asked.name}: looking up ${asked.version ?? 'the newest version'}, and locking it …`);
  const { label, before, version, files, left } = await upgradeGateway(
    { ...asked, beside: options.beside === true },
    { roots, signal, uv, log: () => {} },
  );
  writeResult(`${label}: ${before} → ${version}\n${files.map((file) => `  wrote ${file}`).join('\n')}`);
  for (const each of left) writeStatus(`  left to you: ${each}`);
  if (options.try) await tryGateway(label, options, command, signal);
}
