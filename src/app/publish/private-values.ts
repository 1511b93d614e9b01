import type { CellRecord } from '../../model/record.js';
import type { Machine, Run } from '../../model/run.js';
import type { PrivateValues } from './redact-text.js';

/** Who publishes, and from where. */
export interface Publisher {
  hostname: string;
  user: string | null;
  environment: Readonly<Record<string, string | undefined>>;
}

interface PublishedRun {
  run: Run;
  records: readonly CellRecord[];
}

/**
 * Names that are words of every report, or of every system: taken out of the fields and paths that hold them, and not out of
 * sentences.
 */
const ORDINARY = new Set(
  (
    'root user users admin administrator nobody daemon www-data ubuntu debian fedora centos alpine arch ec2-user azureuser vagrant docker ' +
    'runner jenkins ci build builder test tests tester dev node python go nginx kong bench benchmark gatebench gateway mock upstream direct ' +
    'load engine host localhost machine server client home work main local default none web app api linux box vm'
  ).split(' '),
);
const MIN_NAME = 3;

/** By their names, variables that hold secrets. */
const SECRET_VARIABLE = /key|token|secret|passw|passphrase|credential|auth|cookie|session/i;
const MIN_SECRET = 6;
/** Other values that are long enough to be nothing else; not a commit's hash. Paths have a rule of their own. */
const MIN_VALUE = 16;

/** What is private in runs, and what it is published as. */
export interface Private {
  /** What to look for in text. */
  values: PrivateValues;
  /** What a host is published as, whatever its name is like. */
  aliasOf(host: string): string;
}

/**
 * What runs and the publisher's environment say of hosts, users and secrets.
 * @param runs oldest first: machines are numbered in the order in which they are named
 */
export function privateValues(runs: readonly PublishedRun[], publisher: Publisher): Private {
  const named = [...runs.flatMap(hostsOf), publisher.hostname].map(partsOf);
  const aliases = new Map<string, string>();
  for (const { host } of named) if (!aliases.has(host)) aliases.set(host, `machine-${aliases.size + 1}`);
  const { USER, LOGNAME, SUDO_USER, HOME } = publisher.environment;
  const users = [
    ...[publisher.user, USER, LOGNAME, SUDO_USER, HOME?.split('/').at(-1)],
    ...named.map(({ user }) => user),
    ...runs.flatMap(({ run }) => usersOf(run)),
  ].filter((user) => user != null);
  return {
    values: {
      hosts: tellingHosts(aliases),
      users: new Set(users.filter(isTelling)),
      secrets: secretsOf(publisher.environment),
    },
    aliasOf: (text) => aliases.get(partsOf(text).host) ?? 'machine',
  };
}

/** With `bench-7` of `bench-7.example.com`. */
function tellingHosts(aliases: ReadonlyMap<string, string>): Map<string, string> {
  const hosts = new Map<string, string>();
  for (const [host, alias] of aliases) {
    const [label = ''] = host.split('.');
    if (isTelling(host)) hosts.set(host, alias);
    if (isTelling(label) && !/^\d+$/.test(label) && !hosts.has(label)) hosts.set(label, alias);
  }
  return hosts;
}

function isTelling(name: string): boolean {
  return name.length >= MIN_NAME && !ORDINARY.has(name.toLowerCase());
}

/** `me@192.0.2.7:2222`. */
function partsOf(text: string): { user: string | null; host: string } {
  const at = text.lastIndexOf('@');
  return {
    user: at < 0 ? null : text.slice(0, at),
    host: text
      .slice(at + 1)
      .replace(/^\[(.*)\](?::\d+)?$/, '$1')
      .replace(/^([^:]*):\d+$/, '$1'),
  };
}

/** Every host that a run names, its own first. */
function hostsOf({ run, records }: PublishedRun): string[] {
  const machines: Machine[] = [run.machine, ...run.changes.map(({ conditions }) => conditions.machine)];
  return [
    ...machines.map(({ hostname }) => hostname),
    ...(run.engine.remote === undefined ? [] : [...run.engine.remote.hosts, run.engine.remote.gatewayAddress]),
    ...(run.upstreamHost === undefined ? [] : [run.upstreamHost]),
    ...(run.attached === null ? [] : [new URL(run.attached.origin).hostname].filter((host) => !isLoopback(host))),
    ...records.flatMap(({ engine, mock }) => [
      ...(engine.hosts ?? []).map(({ host }) => host),
      ...(mock?.host === undefined ? [] : [mock.host]),
    ]),
  ].filter((host) => host !== '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

/** Owners of the home folders that a run's settings name. */
function usersOf({ settings, basis }: Run): string[] {
  const paths = [
    settings?.gatewaysDir,
    settings?.ownGatewaysDir,
    settings?.installDir,
    settings?.toolsDir,
    settings?.identityFile,
    basis?.scenario.source,
  ];
  return paths.flatMap((path) => /^\/(?:home|Users)\/([^/]+)/.exec(path ?? '')?.[1] ?? []);
}

/** npm sets variables to the package's own name and version, which stand in every report. */
function secretsOf(environment: Publisher['environment']): Set<string> {
  const values = Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || /^npm_/i.test(name)) return [];
    if (SECRET_VARIABLE.test(name))
      return value.length >= MIN_SECRET && /\D/.test(value) && isTelling(value) ? [value] : [];
    return value.length >= MIN_VALUE && /^(?=.*\d)(?=.*[^0-9a-f])[^/\s]+$/.test(value) ? [value] : [];
  });
  return new Set(values);
}
