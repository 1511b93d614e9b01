import { InvalidArgumentError, Option } from 'commander';
import type { RunRequest } from '../../app/bench/run-request.js';
import { UsageError } from '../../lib/errors.js';
import { MAX_PID, parseWhole } from './cell-options.js';
import { parseUrl } from './parse-url.js';

const DEFAULT_NAME = 'running';
const DEFAULT_MODEL = 'gpt-4o';
const CHAT_PATH = '/chat/completions';
/** Of an HTTP header's name: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** What {@link urlOptions} parse to. */
export interface UrlFlags {
  url?: URL;
  name?: string;
  pid?: number;
  header?: Record<string, string>;
  model?: string;
  upstream?: 'mock' | 'external';
  mockListen?: string;
  callGraph?: 'fp' | 'dwarf';
}

/** For a gateway that runs already. */
export function urlOptions(): Option[] {
  return [
    new Option(
      '--url <url>',
      'measure a gateway that already runs, such as http://127.0.0.1:8080/v1, beside direct; it is never started or stopped',
    ).argParser(parseUrl),
    new Option('--name <name>', `with --url: what to call it (default: ${DEFAULT_NAME})`),
    new Option(
      '--pid <pid>',
      'with --url: its main process, for CPU and memory (default: what listens on the port)',
    ).argParser((text) => parseWhole(text, { min: 1, max: MAX_PID }, 'a PID')),
    new Option(
      '--header <header>',
      "with --url: sent with each request, such as 'x-portkey-provider: openai'; may be given several times",
    ).argParser(headerParser()),
    new Option('--model <name>', `with --url: model name of the requests (default: ${DEFAULT_MODEL})`),
    new Option(
      '--upstream <what>',
      'with --url: mock, or external where it sends elsewhere (no overhead then; default: mock)',
    ).choices(['mock', 'external']),
    new Option(
      '--mock-listen <address>',
      'with --url: address of the mock, such as 0.0.0.0 for a gateway in a container',
    ),
    new Option('--call-graph <method>', 'with --url and --flame: how perf walks stacks (default: fp)').choices([
      'fp',
      'dwarf',
    ]),
  ];
}

/** Which options of {@link urlOptions} were given without a URL. */
const NEED_URL = ['name', 'pid', 'model', 'upstream', 'mockListen', 'callGraph'] as const;

/**
 * The running gateway that was asked for; null without `--url`.
 * @param others what can't be given beside it, by its option's name
 * @throws UsageError for options that don't fit together
 */
export function attachedChoice(flags: UrlFlags, others: Readonly<Record<string, boolean>>): RunRequest['attached'] {
  const { url, name = DEFAULT_NAME, pid = null, header = {}, model = DEFAULT_MODEL } = flags;
  if (url === undefined) {
    const stray =
      NEED_URL.find((key) => flags[key] !== undefined) ?? (flags.header === undefined ? undefined : 'header');
    if (stray === undefined) return null;
    const option = stray.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${option} is for a gateway that already runs`, 'add --url, or leave it out');
  }
  const other = Object.keys(others).find((option) => others[option]);
  if (other !== undefined) {
    throw new UsageError(
      `${other} can't be given with --url, which measures one gateway that already runs`,
      'leave it out, or start a run of its own',
    );
  }
  if (url.protocol !== 'http:') {
    throw new UsageError(`--url ${url.href}: the load engines speak plain HTTP`, 'give its http address');
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `--url ${url.origin}${url.pathname}: it can't have a user, a query or a fragment`,
      "give a key with --header 'authorization: Bearer ...'",
    );
  }
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) {
    throw new UsageError(
      `--name ${name} can't be a gateway's name`,
      'use at most 64 lower-case letters, digits, "-", "_" and "."',
    );
  }
  const base = url.pathname.replace(/\/+$/, '');
  const gateway = {
    name,
    origin: url.origin,
    path: base.endsWith(CHAT_PATH) ? base : base + CHAT_PATH,
    model,
    headerNames: Object.keys(header),
    pid,
    callGraph: flags.callGraph ?? 'fp',
    upstream: flags.upstream ?? 'mock',
    mockListen: flags.mockListen ?? null,
  };
  return { gateway, headers: header };
}

/** Headers by name in lower case. */
function headerParser(): (text: string) => Record<string, string> {
  const given: Record<string, string> = {};
  return (text) => {
    const [, name, value] = HEADER.exec(text) ?? [];
    if (name === undefined || value === undefined || value === '') {
      throw new InvalidArgumentError(`"${text}" is not a header: write it as 'x-portkey-provider: openai'`);
    }
    given[name.toLowerCase()] = value;
    return given;
  };
}
