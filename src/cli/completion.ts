import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { writeResult } from './output.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes gatebench in a shell: verbs, options, gateways, scenarios')
    .addArgument(new Argument('<shell>', 'which shell it is for').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(gatebench completion bash)          # in ~/.bashrc
  source <(gatebench completion zsh)           # in ~/.zshrc, after compinit
  gatebench completion bash > ~/.local/share/bash-completion/completions/gatebench
  gatebench completion fish > ~/.config/fish/completions/gatebench.fish`,
    )
    .action(async (shell: (typeof SHELLS)[number]) =>
      writeResult(await readFile(join(PACKAGE_ROOT, 'completions', `gatebench.${shell}`), 'utf8')),
    );
}
