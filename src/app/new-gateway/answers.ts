import { UsageError } from '../../lib/errors.js';
import { isListening } from '../../lib/listeners.js';
import { type ProcessGateway, resolveVariant, variantNames } from '../../model/resolved-gateway.js';
import { PALETTE } from '../../report/chart-style.js';
import type { StoredGateway } from '../../store/gateways.js';
import { DEFAULT_MOCK_PORT } from '../bench/run-request.js';
import { type InstallSpec, parseInstallSpec } from './install-spec.js';

/** All that is asked about a new gateway. */
export interface Answers {
  spec: InstallSpec;
  /** The program, where the install method leaves several: below node_modules, the environment or the archive. */
  program: string;
  /** Words of the command, with placeholders. */
  command: string[];
  port: number;
  healthPath: string;
  environment: Record<string, string>;
  /** Of requests. */
  headers: Record<string, string>;
  model: string;
  /** Configuration files to copy, by path. */
  files: string[];
  title: string;
}

/** What was given on the command line; what is missing is asked for. */
export interface GivenAnswers extends Partial<Omit<Answers, 'spec' | 'command'>> {
  install?: string;
  /** As one would type it. */
  command?: string;
}

/** Asks one question. @param fallback the answer of who just presses Enter; null where there is none */
export type Ask = (question: string, fallback: string | null, example?: string) => Promise<string>;

/** What the program of an install method is called, as far as its registry says. */
export type FindProgram = (spec: InstallSpec) => Promise<string>;

/**
 * Ask for what wasn't given.
 * @param ask null where nobody can be asked
 * @throws UsageError that names all that is missing, where nobody can be asked
 */
export async function completeAnswers(
  name: string,
  given: GivenAnswers,
  findProgram: FindProgram,
  stored: ReadonlyMap<string, StoredGateway>,
  ask: Ask | null,
): Promise<Answers> {
  if (ask === null) requireGiven(given);
  const question = ask ?? (async (_: string, fallback: string | null) => fallback ?? '');
  const spec = parseInstallSpec(
    given.install ??
      (await question(
        'How is it installed?',
        null,
        'npm:@portkey-ai/gateway@1.15.2, pip:…, go:…, deb:…, existing:/path',
      )),
  );
  const program = given.program ?? (await programOf(spec, findProgram, question));
  const words =
    given.command ??
    (await question(
      'Its command? {entry} is the program; {port}, {upstream} and {work} are filled in',
      defaultCommand(spec),
      'node {entry} --port={port}',
    ));
  const port = given.port ?? Number(await question('Its port?', String(freePort(stored))));
  const healthPath = given.healthPath ?? (await question('Which path answers 200 once it is ready?', '/health'));
  const asked = ask !== null && given.environment === undefined && given.headers === undefined;
  const environment =
    given.environment ??
    (asked
      ? pairs(await question('Environment variables?', '', 'OPENAI_BASE_URL={upstream}/v1 LOG_LEVEL=error'), '=')
      : {});
  const headers =
    given.headers ??
    (asked ? pairs(await question('Headers of its requests?', '', "'Authorization: Bearer sk-test'"), ':') : {});
  const answers: Answers = {
    spec,
    program,
    command: splitWords(words),
    port,
    healthPath,
    environment,
    headers,
    model: given.model ?? 'gpt-4o',
    files: given.files ?? [],
    title: given.title ?? name,
  };
  requirePort(answers.port);
  return answers;
}

function requireGiven(given: GivenAnswers): void {
  const missing = [
    ...(given.install === undefined ? ['--install'] : []),
    ...(given.command === undefined ? ['--command'] : []),
    ...(given.healthPath === undefined ? ['--health'] : []),
  ];
  if (missing.length === 0) return;
  throw new UsageError(
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing, and there is no terminal to ask on`,
    'give them, or run it on a terminal: gatebench new gateway --help has an example',
  );
}

async function programOf(spec: InstallSpec, findProgram: FindProgram, question: Ask): Promise<string> {
  if (spec.kind === 'go' || spec.kind === 'cargo' || spec.kind === 'existing') return '';
  const found = await findProgram(spec);
  return question('Which of its files is the program?', found);
}

function defaultCommand({ kind }: InstallSpec): string {
  return kind === 'npm' ? 'node {entry}' : '{entry}';
}

/** A port that no gateway has, and nobody listens on now. */
function freePort(stored: ReadonlyMap<string, StoredGateway>): number {
  const taken = new Set([...stored.values()].flatMap(portsOf));
  for (let port = FIRST_PORT; ; port++) {
    if (!taken.has(port) && port !== DEFAULT_MOCK_PORT && !isListening(port)) return port;
  }
}

const FIRST_PORT = 8100;

function portsOf({ manifest, folder }: StoredGateway): number[] {
  return variantNames(manifest)
    .map((variant) => resolveVariant(manifest, variant, folder))
    .filter((gateway): gateway is ProcessGateway => gateway.kind === 'process')
    .flatMap(({ process }) => [process.port, ...Object.values(process.ports)]);
}

/** For gateways beyond those that have a colour of the palette. */
const MORE_COLOURS = ['#a6761d', '#b2182b', '#5e8c00', '#00688b', '#c51b7d', '#6a3d9a', '#996633', '#336666'];

/** A colour that no gateway has, while there are any. */
export function freeColour(stored: ReadonlyMap<string, StoredGateway>): string {
  const taken = new Set([...stored.values()].map(({ manifest }) => manifest.colour));
  return [...PALETTE, ...MORE_COLOURS].find((colour) => !taken.has(colour)) ?? '#777777';
}

/** Words as a shell splits them, quotes included. @throws UsageError for a quote without an end */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /\s*(?:((?:[^\s'"]|'[^']*'|"[^"]*")+)|(\S))/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, word, stray] = match;
    if (stray !== undefined) throw new UsageError(`the quote in ${text} has no end`, 'close it');
    words.push((word ?? '').replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  if (words.length === 0) throw new UsageError('the command is empty', 'begin it with {entry}, or with node {entry}');
  return words;
}

/** `A=1 B=2` to a record. */
function pairs(text: string, separator: string): Record<string, string> {
  if (text.trim() === '') return {};
  return Object.fromEntries(splitWords(text).map((word) => pairOf(word, separator)));
}

/** @throws UsageError for a word without the separator */
export function pairOf(word: string, separator: string): [string, string] {
  const at = word.indexOf(separator);
  if (at > 0) return [word.slice(0, at).trim(), word.slice(at + separator.length).trim()];
  throw new UsageError(`"${word}" has no ${separator}`, `write it as NAME${separator}value`);
}

function requirePort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new UsageError(`${port} is not a port`, 'write a whole number from 1 to 65535');
}
