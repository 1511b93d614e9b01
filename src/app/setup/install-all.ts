import { type InstallResult, installGateway } from '../../install/install-gateway.js';
import type { Roots } from '../../lib/roots.js';
import type { InstallSubject } from '../../model/install-subject.js';
import {
  DEFAULT_VARIANT,
  gatewayLabel,
  type ProcessGateway,
  type ResolvedGateway,
} from '../../model/resolved-gateway.js';
import { expandSets, labelsByDefault, readGatewaySets } from '../../store/gateway-sets.js';
import { allVariants, findGateway, readGateways } from '../../store/gateways.js';
import { readTools } from '../../store/tools.js';
import { requireSound } from '../check/check-gateways.js';

export interface SetupRequest {
  /** Gateways, sets of them and tools; empty for the gateways that are meant by default. */
  labels: readonly string[];
  /** Install again what is installed. */
  force: boolean;
  /** Pass on what the installers print. */
  verbose: boolean;
}

export interface SetupContext {
  roots: Roots;
  signal: AbortSignal;
  status: (text: string) => void;
}

/** The result for one gateway or tool. */
export interface SetupRow {
  /** `litellm`, `litellm:workers`, `k6`. */
  label: string;
  /** As its manifest has it. */
  version: string;
  result: InstallResult;
  /** The label of the default variant that this one is the fallback for. */
  fallbackFor: string | null;
}

/** Installers mostly wait for downloads; a third at once would only compete for the cores with compilers. */
const AT_ONCE = 2;

/** Install gateways and tools, two at a time. @returns what came of each, by label */
export async function installAll(request: SetupRequest, context: SetupContext): Promise<SetupRow[]> {
  const { labels } = request;
  const { roots } = context;
  const stored = await readGateways(roots.gateways);
  const variants = allVariants(stored);
  const tools = await readTools(roots.tools);
  const install = installer(request, context);
  const wantedTools = [...tools.values()].filter(({ name }) => labels.includes(name));
  const sets = await readGatewaySets(roots.gateways, stored);
  const wanted = (labels.length > 0 ? expandSets(labels, sets) : labelsByDefault(sets, stored))
    .filter((label) => !tools.has(label))
    .map((label) => findGateway(stored, label, [...tools.keys()]));
  const needed = [...wanted, ...variants.filter((each) => isFallbackFor(each, wanted))];
  await requireSound(needed, stored, null);
  const queue = [
    ...wantedTools.map((tool) => async () => [await install(tool, tool.name, null, roots.toolInstalls)]),
    ...distinctInstalls(wanted).map((gateway) => () => installWithFallback(gateway, variants, install, context)),
  ].values();
  const rows: SetupRow[] = [];
  const worker = async () => {
    for (const next of queue) rows.push(...(await next()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rows.sort((a, b) => a.label.localeCompare(b.label));
}

function isFallbackFor(gateway: ResolvedGateway, wanted: readonly ResolvedGateway[]): boolean {
  return gateway.kind === 'process' && gateway.fallback && wanted.some(({ name }) => name === gateway.name);
}

/** Variants of one version share an installation. */
function distinctInstalls(wanted: readonly ResolvedGateway[]): ProcessGateway[] {
  const byFolder = new Map<string, ProcessGateway>();
  for (const gateway of wanted) {
    if (gateway.kind !== 'process') continue;
    const key = `${gateway.name}/${gateway.version}`;
    if (!byFolder.has(key)) byFolder.set(key, gateway);
  }
  return [...byFolder.values()];
}

type Install = (subject: InstallSubject, label: string, fallbackFor: string | null, root: string) => Promise<SetupRow>;

async function installWithFallback(
  gateway: ProcessGateway,
  variants: readonly ResolvedGateway[],
  install: Install,
  { roots, status }: SetupContext,
): Promise<SetupRow[]> {
  const label = gatewayLabel(gateway);
  const first = await install(gateway, label, null, roots.installs);
  if (first.result.outcome !== 'failed' || gateway.variant !== DEFAULT_VARIANT) return [first];
  for (const candidate of variants) {
    if (candidate.kind !== 'process' || !candidate.fallback || candidate.name !== gateway.name) continue;
    status(`${gateway.name}: trying ${gatewayLabel(candidate)} instead`);
    const row = await install(candidate, gatewayLabel(candidate), label, roots.installs);
    if (row.result.outcome !== 'failed') return [first, row];
  }
  return [first];
}

const OUTCOMES = { installed: 'installed', already: 'was installed already', failed: 'could not be installed' };

function installer({ force, verbose }: SetupRequest, { signal, status }: SetupContext): Install {
  return async (subject, label, fallbackFor, root) => {
    status(`${label}: installing ${subject.version} …`);
    const result = await installGateway(subject, {
      root,
      signal,
      force,
      ...(verbose ? { onLine: (line: string) => status(`${label}: ${line}`) } : {}),
    });
    status(`${label}: ${OUTCOMES[result.outcome]}`);
    return { label, version: subject.version, result, fallbackFor };
  };
}
