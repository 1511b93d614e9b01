import { portsOf } from '../../gateway/readiness.js';
import { identifyOwnProgram } from '../../install/install-gateway.js';
import { findInstallation, readFailure } from '../../install/receipt.js';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import { isListening } from '../../lib/listeners.js';
import { describeListeners } from '../../lib/port-check.js';
import type { Roots } from '../../lib/roots.js';
import { gatewayLabel, type ProcessGateway } from '../../model/resolved-gateway.js';
import { labelsByDefault, readGatewaySets } from '../../store/gateway-sets.js';
import { allVariants, type GatewaysFolders, readGatewaysFolders } from '../../store/gateways.js';
import { DEFAULT_MOCK_PORT } from '../bench/run-request.js';
import { checkTargets } from '../check/check-targets.js';
import { formatProblem, type Problem } from '../check/problem.js';
import type { Check } from './check.js';

/** A port that a run needs. */
export interface PortFacts {
  port: number;
  neededBy: string;
  /** The process that listens on it; null if it is free. */
  takenBy: string | null;
}

export type OwnProgram =
  | { usable: true; entry: string; variable: string; version: string; reportedBy: string }
  | { usable: false; reason: string; hint: string | undefined };

export interface GatewayFacts {
  /** What is wrong with manifests. */
  problems: Problem[];
  installs: {
    gateway: Pick<ProcessGateway, 'name' | 'variant' | 'fallback'>;
    found: Awaited<ReturnType<typeof findInstallation>>;
    /** What the last `setup` failed with, where it did. */
    failure: Awaited<ReturnType<typeof readFailure>>;
    /** The user's own program, where a variable names one that isn't taken yet, or why it won't do. */
    own: OwnProgram | null;
  }[];
  ports: PortFacts[];
  /** Labels of gateways that nothing was installed for, and that are measured only if they are named. */
  others: string[];
}

export async function readGatewayFacts(roots: Roots): Promise<GatewayFacts> {
  const folders = await readGatewaysFolders(roots.gateways);
  const { problems } = await checkTargets([], roots);
  const wrong = new Set(problems.filter(({ severity }) => severity === 'error').map(({ gateway }) => gateway));
  const gateways = allVariants(folders.gateways)
    .filter((gateway) => gateway.kind === 'process')
    .filter(({ name }) => !wrong.has(name));
  const isDefault = await defaultNames(roots.gateways, folders);
  const installs: GatewayFacts['installs'] = [];
  const others: string[] = [];
  const present = new Set<string>();
  for (const gateway of gateways) {
    const found = await findInstallation(roots.installs, gateway);
    const own = found.valid ? null : await readOwnProgram(gateway);
    const failure = found.valid || own !== null ? null : await readFailure(roots.installs, gateway);
    if (!found.valid && own === null && failure === null && !isDefault(gateway.name)) {
      others.push(gatewayLabel(gateway));
      continue;
    }
    present.add(gateway.name);
    installs.push({ gateway, found, failure, own });
  }
  const needs = new Map<number, string>([[DEFAULT_MOCK_PORT, 'the mock upstream']]);
  for (const gateway of gateways.filter(({ name }) => present.has(name))) {
    for (const port of portsOf(gateway)) needs.set(port, gateway.name);
  }
  const ports = [...needs].map(([port, neededBy]) => ({
    port,
    neededBy,
    takenBy: isListening(port) ? describeListeners(port) : null,
  }));
  return { problems, installs, ports, others };
}

/** Whether a gateway is measured without being named. */
async function defaultNames(
  roots: readonly string[],
  { gateways }: GatewaysFolders,
): Promise<(name: string) => boolean> {
  try {
    const labels = labelsByDefault(await readGatewaySets(roots, gateways), gateways);
    const names = new Set(labels.map((label) => label.split(':')[0]));
    return (name) => names.has(name);
  } catch (error) {
    // What is wrong with the file of sets is one of the problems.
    if (error instanceof UsageError) return () => true;
    throw error;
  }
}

/** What was installed before says nothing about a program that a variable names now. */
async function readOwnProgram(gateway: ProcessGateway): Promise<OwnProgram | null> {
  try {
    const own = await identifyOwnProgram(gateway, new AbortController().signal);
    if (own === null) return null;
    const { entry, variable, reported } = own;
    return { usable: true, entry, variable, version: reported.version, reportedBy: reported.by };
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return { usable: false, reason: error.message, hint: error.hint };
  }
}

/** Whether each gateway's manifest is right, it is installed, and its ports are free. */
export function gatewayChecks({ problems, installs, ports, others }: GatewayFacts): Check[] {
  return [
    ...problems.map(problemCheck),
    ...installs.map(installCheck),
    ...(others.length === 0 ? [] : [othersCheck(others)]),
    ...portChecks(ports),
  ];
}

function othersCheck(others: readonly string[]): Check {
  return {
    subject: 'other gateways',
    verdict: 'ok',
    message: `not installed, and only measured if they are named: ${others.join(', ')}`,
  };
}

function problemCheck(problem: Problem): Check {
  return {
    subject: `manifest ${problem.gateway}`,
    verdict: problem.severity === 'error' ? 'fail' : 'warn',
    message: formatProblem(problem),
    hint: problem.hint,
  };
}

function installCheck({ gateway, found, failure, own }: GatewayFacts['installs'][number]): Check {
  const label = gatewayLabel(gateway);
  const subject = `gateway ${label}`;
  if (found.valid) {
    const { reportedVersion, reportedBy, method, pinnedBy, entry } = found.receipt;
    const where = method === 'existing' ? ` at ${entry}` : '';
    return {
      subject,
      verdict: 'ok',
      message: `${reportedVersion} (${reportedBy}), by ${method}${where}, pinned by ${pinnedBy}`,
    };
  }
  if (own?.usable) {
    const { version, reportedBy, entry, variable } = own;
    return { subject, verdict: 'ok', message: `${version} (${reportedBy}), ${entry}, which ${variable} names` };
  }
  if (own) {
    return { subject, verdict: 'warn', message: own.reason, hint: own.hint ?? `gatebench setup ${label}` };
  }
  if (gateway.fallback) {
    return { subject, verdict: 'ok', message: `not installed; only needed where ${gateway.name} can't be` };
  }
  if (!failure) return { subject, verdict: 'warn', message: found.reason, hint: `gatebench setup ${label}` };
  const tried = failure.failures.map(({ method, reason }) => `${method}: ${reason}`);
  return {
    subject,
    verdict: 'warn',
    message: [`${found.reason}; setup tried on ${failure.failedAt.slice(0, 10)}:`, ...tried].join('\n'),
    hint: failure.hint,
  };
}

function portChecks(ports: readonly PortFacts[]): Check[] {
  const taken = ports.flatMap(({ port, neededBy, takenBy }) =>
    takenBy === null
      ? []
      : [
          {
            subject: `port ${port}`,
            verdict: 'fail' as const,
            message: `needed by ${neededBy}, taken by ${takenBy}`,
            hint: 'stop that process',
          },
        ],
  );
  if (taken.length > 0) return taken;
  const list = ports
    .map(({ port }) => port)
    .sort((a, b) => a - b)
    .join(', ');
  return [{ subject: 'ports', verdict: 'ok', message: `${list} are free` }];
}
