import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cpuGovernor, descriptorLimit, localPortRange } from '../../lib/machine.js';
import type { Roots } from '../../lib/roots.js';
import { engineNamed, engineNames } from '../../load/engines.js';
import { readScenarios } from '../../store/scenarios.js';
import { descriptorsNeeded } from '../bench/plan-run.js';
import type { Check } from './check.js';

const MIN_FREE_BYTES = 4e9;

/** What a benchmark needs of the machine itself. */
export async function machineChecks(roots: Roots): Promise<Check[]> {
  const scenarios = await readScenarios(roots.scenarios);
  const mostVus = Math.max(...scenarios.flatMap(({ load }) => load.vus));
  return [
    platformCheck(),
    coresCheck(),
    descriptorCheck(mostVus),
    portRangeCheck(mostVus),
    governorCheck(),
    loadCheck(),
    await diskCheck(roots.results),
    ...(await engineChecks()),
    ...toolChecks(),
  ];
}

function platformCheck(): Check {
  const subject = 'platform';
  if (process.platform === 'linux') return { subject, verdict: 'ok', message: `Linux, Node ${process.version}` };
  return {
    subject,
    verdict: 'fail',
    message: `${process.platform}: processes are measured through /proc, which only Linux has`,
    hint: 'run on Linux, a virtual machine will do; report works everywhere',
  };
}

function coresCheck(): Check {
  const cores = cpus().length;
  if (cores >= 4) return { subject: 'cores', verdict: 'ok', message: String(cores) };
  return {
    subject: 'cores',
    verdict: 'warn',
    message: `${cores}: load, mock and gateway share them, so fast gateways show less than they can do`,
    hint: 'the published figures are from 8 cores',
  };
}

function descriptorCheck(mostVus: number): Check {
  const subject = 'open files';
  const limit = descriptorLimit();
  const needed = descriptorsNeeded(mostVus);
  if (limit === null || limit >= needed) {
    return { subject, verdict: 'ok', message: `${limit ?? 'no limit'} (${mostVus} VUs need ${needed})` };
  }
  return {
    subject,
    verdict: 'fail',
    message: `the limit is ${limit}, and ${mostVus} VUs need ${needed}`,
    hint: `ulimit -n ${needed}`,
  };
}

function portRangeCheck(mostVus: number): Check {
  const subject = 'local ports';
  const range = localPortRange();
  if (!range) return { subject, verdict: 'warn', message: 'the range can’t be read' };
  const [first, last] = range;
  const enough = last - first > 2 * mostVus;
  return {
    subject,
    verdict: enough ? 'ok' : 'warn',
    message: `${first} to ${last} for outgoing connections`,
    ...(enough ? {} : { hint: 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"' }),
  };
}

function governorCheck(): Check {
  const subject = 'CPU governor';
  const governor = cpuGovernor();
  if (governor === null) return { subject, verdict: 'ok', message: 'not visible here, as in most virtual machines' };
  if (governor === 'performance') return { subject, verdict: 'ok', message: governor };
  return {
    subject,
    verdict: 'warn',
    message: `${governor}: the clock follows the load, so slow gateways get a slower CPU`,
    hint: 'cpupower frequency-set -g performance',
  };
}

function loadCheck(): Check {
  const load1 = loadavg()[0] ?? 0;
  const busy = load1 > cpus().length / 2;
  return {
    subject: 'load average',
    verdict: busy ? 'warn' : 'ok',
    message: `${load1.toFixed(2)}${busy ? ': something else is using this machine' : ''}`,
  };
}

async function diskCheck(results: string): Promise<Check> {
  const subject = 'free disk';
  try {
    const { bavail, bsize } = await statfs(existsSync(results) ? results : dirname(results));
    const bytes = bavail * bsize;
    const enough = bytes >= MIN_FREE_BYTES;
    return {
      subject,
      verdict: enough ? 'ok' : 'warn',
      message: `${(bytes / 1e9).toFixed(1)} GB at ${results}`,
      ...(enough ? {} : { hint: 'all gateways together take about 3 GB' }),
    };
  } catch {
    return { subject, verdict: 'warn', message: `unknown at ${results}` };
  }
}

async function engineChecks(): Promise<Check[]> {
  return Promise.all(
    engineNames().map(async (name) => {
      const engine = engineNamed(name);
      const missing = await engine.unavailable();
      const subject = `engine ${name}`;
      if (!missing) return { subject, verdict: 'ok' as const, message: engine.version };
      return { subject, verdict: 'warn' as const, message: missing.reason, hint: missing.hint };
    }),
  );
}

/** What the ways to install gateways call. */
const TOOLS: Record<string, string> = {
  npm: 'install Node.js with npm',
  go: 'install Go 1.24 or later, https://go.dev/dl/',
  python3: 'apt-get install python3 python3-venv',
  cc: 'apt-get install gcc libc6-dev',
  'apt-get': 'needed for nginx and Kong: run on Debian or Ubuntu',
};

function toolChecks(): Check[] {
  return Object.entries(TOOLS).map(([tool, hint]) => {
    const found = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
    return found
      ? { subject: `tool ${tool}`, verdict: 'ok', message: 'found' }
      : { subject: `tool ${tool}`, verdict: 'warn', message: 'not in PATH', hint };
  });
}
