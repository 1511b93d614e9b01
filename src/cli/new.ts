import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import type { Ask, GivenAnswers } from '../app/new-gateway/answers.js';
import { InterruptedError, UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { parsePort } from './options/cell-options.js';
import { colours, writeResult, writeStatus } from './output.js';
import { type TryOptions, tryGateway, tryOptions } from './try-gateway.js';

interface NewOptions extends TryOptions {
  install?: string;
  program?: string;
  command?: string;
  port?: number;
  health?: string;
  env?: string[];
  header?: string[];
  model?: string;
  file?: string[];
  title?: string;
  try: boolean;
}

/** Values of an option that may be given several times. */
const several = (value: string, earlier: string[] = []) => [...earlier, value];

export function registerNew(program: Command): void {
  const command = program.command('new').description('write what gatebench measures: a gateway');
  const gateway = command
    .command('gateway')
    .description(
      'write the folder of a gateway, gateways/<name>: asks what it needs to know, checks, installs and tries it',
    )
    .argument('<name>', 'its name: lower-case letters, digits, "-", "_" and "."')
    .addOption(new Option('--install <how>', 'how it is installed, such as npm:@portkey-ai/gateway@1.15.2'))
    .addOption(new Option('--program <path>', "its program among the package's files (default: as the package says)"))
    .addOption(new Option('--command <words>', "its command, such as 'node {entry} --port={port}'"))
    .addOption(new Option('--port <port>', 'the port that it listens on (default: a free one)').argParser(parsePort))
    .addOption(new Option('--health <path>', 'path that answers 200 once it is ready'))
    .addOption(
      new Option('--env <pair>', "an environment variable, such as 'OPENAI_BASE_URL={upstream}/v1'").argParser(several),
    )
    .addOption(
      new Option('--header <header>', "a header of its requests, such as 'Authorization: Bearer sk-test'").argParser(
        several,
      ),
    )
    .addOption(new Option('--model <name>', 'model name of its requests (default: gpt-4o)'))
    .addOption(
      new Option('--file <file>', 'a configuration file to copy; {upstream} and others are filled in').argParser(
        several,
      ),
    )
    .addOption(new Option('--title <title>', 'what tables and charts call it (default: its name)'))
    .addOption(new Option('--no-try', 'only write and check it'))
    .addHelpText(
      'after',
      `
How it is installed: npm:PACKAGE@VERSION, pip:PACKAGE@VERSION, go:MODULE//cmd/x@v1.2.3, cargo:CRATE@VERSION, deb:PACKAGE,
download:URL@VERSION with {version}, {os} and {arch} in the URL, existing:/path/to/program. Without a version, the newest.

Examples:
  gatebench new gateway mine
  gatebench new gateway mine --install npm:@portkey-ai/gateway@1.15.2 --command 'node {entry} --headless --port={port}' \\
    --health / --header 'x-portkey-provider: openai' --header 'x-portkey-custom-host: {upstream}/v1'

Exit codes: 0 it works, 1 it can't be installed or measured, 2 wrong usage`,
    );
  for (const option of tryOptions()) gateway.addOption(option);
  gateway.action((name: string, options: NewOptions) =>
    interruptible((signal) => newGateway(name, options, gateway, signal)),
  );
}

async function newGateway(name: string, options: NewOptions, command: Command, signal: AbortSignal): Promise<void> {
  const [
    { completeAnswers, pairOf },
    { variableOf },
    { findProgram, writeGateway },
    { readGateways },
    { Name },
    { uvFor },
  ] = await Promise.all([
    import('../app/new-gateway/answers.js'),
    import('../app/new-gateway/manifest.js'),
    import('../app/new-gateway/write-gateway.js'),
    import('../store/gateways.js'),
    import('../model/names.js'),
    import('../app/setup/uv.js'),
  ]);
  const roots = rootsOf(options.gatewaysDir);
  const valid = Name.safeParse(name);
  if (!valid.success) {
    throw new UsageError(`"${name}" can't be a gateway's name: ${valid.error.issues[0]?.message}`, 'choose another');
  }
  const stored = await readGateways(roots.gateways);
  if (stored.has(name)) {
    throw new UsageError(`there is a gateway "${name}" already, in ${stored.get(name)?.folder}`, 'choose another name');
  }
  const folder = join(resolve(options.gatewaysDir ?? 'gateways'), name);
  const log = () => {};
  const context = { log, signal, uv: uvFor(roots, { signal, status: writeStatus }) };
  const terminal = asker(signal);
  let answers: Awaited<ReturnType<typeof completeAnswers>>;
  try {
    answers = await completeAnswers(
      name,
      givenOf(options, pairOf),
      (spec) => findProgram(spec, context),
      stored,
      terminal?.ask ?? null,
    );
    writeStatus(`writing ${folder} …`);
    await writeGateway({ name, folder, answers, how: commandOf(name, options, answers) }, stored, context);
  } finally {
    terminal?.close();
  }
  const { spec } = answers;
  if (spec.kind === 'existing') {
    const variable = variableOf(name);
    process.env[variable] = spec.name;
    writeStatus(`from now on it needs its program in a variable: export ${variable}=${spec.name}`);
  }
  writeResult(`${folder}: gateway.yaml, README.md and what pins it`);
  const found = rootsOf(options.gatewaysDir).gateways.some((root) => folder.startsWith(`${root}/`));
  if (!found) throw new UsageError(`${folder} is not where gateways are read from`, 'give --gateways-dir');
  if (options.try) {
    await tryGateway(name, options, command, signal);
    return;
  }
  const [{ checkTargets }, { checkText }] = await Promise.all([
    import('../app/check/check-targets.js'),
    import('./check.js'),
  ]);
  writeStatus(await checkText(await checkTargets([name], rootsOf(options.gatewaysDir))));
}

/** @param pairOf splits a pair at its separator */
function givenOf(options: NewOptions, pairOf: (pair: string, separator: string) => [string, string]): GivenAnswers {
  const { install, program, command, port, health, env, header, model, file, title } = options;
  const recordOf = (pairs: readonly string[], separator: string) =>
    Object.fromEntries(pairs.map((pair) => pairOf(pair, separator)));
  return Object.fromEntries(
    Object.entries({
      install,
      program,
      command,
      port,
      healthPath: health,
      environment: env && recordOf(env, '='),
      headers: header && recordOf(header, ':'),
      model,
      files: file,
      title,
    }).filter(([, value]) => value !== undefined),
  );
}

/** The flags that say all that was answered. */
function commandOf(
  name: string,
  { file = [] }: NewOptions,
  answers: Awaited<ReturnType<typeof import('../app/new-gateway/answers.js')['completeAnswers']>>,
): string {
  const quoted = (text: string) => (/^[\w./:@%+=,{}-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const { spec, program, command, port, healthPath, environment, headers, model, title } = answers;
  const version = spec.version === null ? '' : `@${spec.version}`;
  const part =
    spec.kind === 'go' && spec.part !== '.' ? `/${spec.part.slice(1)}` : spec.kind === 'pip' ? spec.part : '';
  const flags = [
    ['--install', `${spec.kind}:${spec.name}${part}${version}`],
    ...(program === '' ? [] : [['--program', program]]),
    ['--command', command.map(quoted).join(' ')],
    ['--port', String(port)],
    ['--health', healthPath],
    ...Object.entries(environment).map(([key, value]) => ['--env', `${key}=${value}`]),
    ...Object.entries(headers).map(([key, value]) => ['--header', `${key}: ${value}`]),
    ...(model === 'gpt-4o' ? [] : [['--model', model]]),
    ...file.map((path) => ['--file', path]),
    ...(title === name ? [] : [['--title', title]]),
  ];
  return [`gatebench new gateway ${name}`, ...flags.map(([flag = '', value = '']) => `${flag} ${quoted(value)}`)].join(
    ' \\\n  ',
  );
}

/** Asks on the terminal; null where there is none. */
function asker(signal: AbortSignal): { ask: Ask; close(): void } | null {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  // A terminal in raw mode sends no signal for Ctrl-C, and Ctrl-D closes it, which leaves a question without an answer.
  lines.on('SIGINT', () => ended.abort(new InterruptedError('SIGINT')));
  lines.on('close', () => ended.abort(new UsageError('there was no answer', 'give it by its flag: see --help')));
  const over = AbortSignal.any([signal, ended.signal]);
  return {
    async ask(question, fallback, example) {
      const more = fallback === null || fallback === '' ? (example ?? '') : fallback;
      const shown = more === '' ? '' : fallback ? ` [${more}]` : ` (${more})`;
      for (;;) {
        const answer = await lines.question(`${colours.bold(question)}${shown} `, { signal: over }).catch(() => null);
        if (answer === null) throw over.reason;
        if (answer.trim() !== '') return answer.trim();
        if (fallback !== null) return fallback;
      }
    },
    close: () => lines.close(),
  };
}
