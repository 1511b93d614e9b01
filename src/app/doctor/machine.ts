import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cpuGovernor, descriptorLimit, localPortRange } from '../../lib/machine.js';
import type { Roots } from '../../lib/roots.js';
import { engineNamed, engineNames } from '../../load/engines.js';
import { mostConnections } from '../../model/load-level.js';
import { readScenarios } from '../../store/scenarios.js';
import { descriptorsNeeded } from '../bench/resolve-run.js';
import type { Check, Missing } from './check.js';

const MIN_CORES = 4;
const MIN_FREE_BYTES = 4e9;

/** What installers call, with the hint for when it is missing. */
const TOOLS: Record<string, string> = {
  npm: 'install Node.js with npm',
  go: 'install Go 1.24 or later, https://go.dev/dl/',
  python3: 'apt-get install python3 python3-venv',
  cc: 'apt-get install gcc libc6-dev',
  'apt-get': 'needed for nginx and Kong: run on Debian or Ubuntu',
};

/** What doctor reads of the machine; null is unreadable. */
export interface MachineFacts {
  platform: string;
  cores: number;
  load1: number;
  /** The most VUs of any scenario. */
  maxVus: number;
  /** Open files that a process may have; null for no limit. */
  descriptorLimit: number | null;
  localPortRange: [number, number] | null;
  governor: string | null;
  resultsFolder: string;
  freeBytes: number | null;
  engines: { name: string; version: string; unavailable: Missing | null }[];
  /** Of {@link TOOLS}, those that are not in PATH. */
  missingTools: readonly string[];
}

export async function readMachineFacts(roots: Roots): Promise<MachineFacts> {
  const scenarios = await readScenarios(roots.scenarios);
  return {
    platform: process.platform,
    cores: cpus().length,
    load1: loadavg()[0] ?? 0,
    maxVus: Math.max(...scenarios.map(({ load }) => mostConnections(load))),
    descriptorLimit: descriptorLimit(),
    localPortRange: localPortRange(),
    governor: cpuGovernor(),
    resultsFolder: roots.results,
    freeBytes: await freeBytes(roots.results),
    engines: await Promise.all(
      engineNames().map(async (name) => {
        const engine = engineNamed(name);
        return { name, unavailable: await engine.unavailable(), version: engine.version };
      }),
    ),
    missingTools: Object.keys(TOOLS).filter((tool) => !isInPath(tool)),
  };
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(existsSync(folder) ? folder : dirname(folder));
    return bavail * bsize;
  } catch {
    return null;
  }
}

function isInPath(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
}

/** What a benchmark needs of the machine itself. */
export function machineChecks(facts: MachineFacts): Check[] {
  return [
    platformCheck(facts),
    coresCheck(facts),
    descriptorCheck(facts),
    portRangeCheck(facts),
    governorCheck(facts),
    loadCheck(facts),
    diskCheck(facts),
    ...facts.engines.map(engineCheck),
    ...Object.entries(TOOLS).map(([tool, hint]) => toolCheck(tool, hint, facts)),
  ];
}

function platformCheck({ platform }: MachineFacts): Check {
  const subject = 'platform';
  if (platform === 'linux') return { subject, verdict: 'ok', message: `Linux, Node ${process.version}` };
  return {
    subject,
    verdict: 'fail',
    message: `${platform}: processes are measured through /proc, which only Linux has`,
    hint: 'run on Linux, for instance in a virtual machine; `gatebench report` works everywhere',
  };
}

export function coresCheck({ cores }: Pick<MachineFacts, 'cores'>): Check {
  if (cores >= MIN_CORES) return { subject: 'cores', verdict: 'ok', message: String(cores) };
  return {
    subject: 'cores',
    verdict: 'warn',
    message: `${cores}: load, mock and gateway share them, so fast gateways show less than they can do`,
    hint: 'the published figures are from 8 cores',
  };
}

function descriptorCheck({ descriptorLimit: limit, maxVus }: MachineFacts): Check {
  const subject = 'open files';
  const needed = descriptorsNeeded(maxVus);
  if (limit === null || limit >= needed) {
    return { subject, verdict: 'ok', message: `${limit ?? 'no limit'} (${maxVus} VUs need ${needed})` };
  }
  return {
    subject,
    verdict: 'fail',
    message: `the limit is ${limit}, and ${maxVus} VUs need ${needed}`,
    hint: `ulimit -n ${needed}`,
  };
}

function portRangeCheck({ localPortRange: range, maxVus }: MachineFacts): Check {
  const subject = 'local ports';
  if (!range) return { subject, verdict: 'warn', message: "the range can't be read" };
  const [first, last] = range;
  const enough = last - first > 2 * maxVus;
  return {
    subject,
    verdict: enough ? 'ok' : 'warn',
    message: `${first} to ${last} for outgoing connections`,
    ...(enough ? {} : { hint: 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"' }),
  };
}

export function governorCheck({ governor }: Pick<MachineFacts, 'governor'>): Check {
  const subject = 'CPU governor';
  if (governor === null) return { subject, verdict: 'ok', message: 'not visible, as in most virtual machines' };
  if (governor === 'performance') return { subject, verdict: 'ok', message: governor };
  return {
    subject,
    verdict: 'warn',
    message: `${governor}: the clock follows the load, so slow gateways get a slower CPU`,
    hint: 'cpupower frequency-set -g performance',
  };
}

function loadCheck({ load1, cores }: MachineFacts): Check {
  const busy = load1 > cores / 2;
  return {
    subject: 'load average',
    verdict: busy ? 'warn' : 'ok',
    message: `${load1.toFixed(2)}${busy ? ': something else is using this machine' : ''}`,
  };
}

function diskCheck({ freeBytes: bytes, resultsFolder }: MachineFacts): Check {
  const subject = 'free disk';
  if (bytes === null) return { subject, verdict: 'warn', message: `unknown at ${resultsFolder}` };
  const enough = bytes >= MIN_FREE_BYTES;
  return {
    subject,
    verdict: enough ? 'ok' : 'warn',
    message: `${(bytes / 1e9).toFixed(1)} GB at ${resultsFolder}`,
    ...(enough ? {} : { hint: 'all gateways together take about 3 GB' }),
  };
}

function engineCheck({ name, version, unavailable }: MachineFacts['engines'][number]): Check {
  const subject = `engine ${name}`;
  if (unavailable === null) return { subject, verdict: 'ok', message: version };
  return { subject, verdict: 'warn', message: unavailable.reason, hint: unavailable.hint };
}

function toolCheck(tool: string, hint: string, { missingTools }: MachineFacts): Check {
  return missingTools.includes(tool)
    ? { subject: `tool ${tool}`, verdict: 'warn', message: 'not in PATH', hint }
    : { subject: `tool ${tool}`, verdict: 'ok', message: 'found' };
}
