import { join } from 'node:path';
import { type Source, sourceOf } from '../../cloud/source-archive.js';
import { messageOf, UsageError } from '../../lib/errors.js';
import { PACKAGE_ROOT } from '../../lib/paths.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudState, Topology } from '../../model/cloud.js';
import { CloudFolder } from '../../store/cloud-folder.js';
import { readProvider } from '../../store/providers.js';
import { requireWritable } from '../../store/run-folder.js';
import type { RunRequest } from '../bench/run-request.js';
import { type DownOptions, takeDown } from './down.js';
import { environmentOf, formatLeftRunning } from './environment.js';
import { type MeasureContext, measure } from './measure.js';
import { estimateRunS, requireLongEnough, requireTimeLeft } from './run-length.js';
import { bringUp, type UpContext } from './up.js';
import { resolveUp, type UpRequest } from './up-request.js';

export interface CloudBenchRequest {
  up: UpRequest;
  /** The options given that only count when machines are created, for a message. */
  upOptions: string[];
  /** Gateways to install and measure; null for all. */
  gateways: string[] | null;
  /** The git checkout to copy; undefined for this one. */
  project: string | undefined;
  /** More arguments for `bench` on the host. */
  benchArgs: string[];
  /** What `benchArgs` ask for, to say how long it takes. */
  run: RunRequest;
  /** Resume the host's newest run. */
  resume: boolean;
  /** The folder of all runs on this machine. */
  results: string;
  /** How long a host may be unreachable during a run. */
  patienceS: number;
}

/**
 * Create machines unless they are up, measure there, fetch the results, and remove what was created.
 * @returns the exit code of `bench` there
 * @throws ExpectedError for anything that goes wrong; what was measured is fetched by then, or still there
 */
export async function benchInCloud(
  request: CloudBenchRequest,
  roots: Roots,
  context: UpContext & Omit<MeasureContext, 'signal'>,
): Promise<number> {
  const { up, results } = request;
  const { status, guard } = context;
  // Everything that can be checked on this machine is checked before a machine costs anything.
  const source = await checkRequest(request);
  const existing = await CloudFolder.open(roots.cloud, up.name);
  const creates = existing?.state.step !== 'up';
  if (!creates && request.upOptions.length > 0) {
    throw new UsageError(
      `environment "${up.name}" is already up, so ${request.upOptions.join(', ')} would change nothing`,
      `leave that out to measure there, choose another --name, or remove it: gatebench cloud down --name ${up.name}`,
    );
  }
  refuseReservedArguments(request.benchArgs, existing?.state.outputs?.topology ?? up.topology ?? 'single');
  if (!request.resume) await requireTime(request, creates, existing?.state ?? null, roots, status);
  const folder = existing !== null && !creates ? existing : await bringUp(up, roots, context);
  guard.watch(() => folder.state);
  const removes = creates && !up.keep;
  let exitCode: number;
  try {
    const { signal } = guard;
    exitCode = await measure(environmentOf(folder), { ...request, source }, roots, { ...context, signal });
  } catch (error) {
    await cleanUpFailure(folder, removes, { results, discard: false, status, guard });
    throw error;
  }
  if (removes) await takeDown(folder, { results, discard: false, status, guard });
  else status(formatLeftRunning(folder.state));
  return exitCode;
}

/** Refuse a run that the machine would not live to the end of, before it is made. */
async function requireTime(
  { up, run, project }: CloudBenchRequest,
  creates: boolean,
  state: CloudState | null,
  roots: Roots,
  status: (text: string) => void,
): Promise<void> {
  const plan = creates ? resolveUp(up, state) : null;
  const provider = plan === null ? null : await readProvider(roots.providers, plan.provider);
  const endsAt = state?.endsAt ?? null;
  // Nothing to compare with: the machines stay.
  if (provider === null ? endsAt === null : provider.runLimit === null) return;
  let runS: number;
  try {
    runS = await estimateRunS(run, project === undefined ? roots : checkoutRoots(project));
  } catch (error) {
    if (project === undefined) throw error;
    // Another version's manifests needn't be what this one reads.
    return status(`how long the run takes is not known: ${messageOf(error)}`);
  }
  if (plan !== null && provider !== null) requireLongEnough(provider, plan.settings.variables, runS);
  else requireTimeLeft(endsAt, runS, Date.now(), up.name);
}

function checkoutRoots(project: string): Pick<Roots, 'gateways' | 'scenarios'> {
  return { gateways: [join(project, 'gateways')], scenarios: join(project, 'scenarios') };
}

async function checkRequest({ gateways, project, results }: CloudBenchRequest): Promise<Source> {
  for (const label of gateways ?? []) {
    if (!/^@?[a-z0-9][a-z0-9._:@-]*$/.test(label)) throw new UsageError(`"${label}" is not the name of a gateway`);
  }
  const source = await sourceOf(project ?? PACKAGE_ROOT);
  await requireWritable(results);
  return source;
}

/** Don't leave the machines to cost money, but fetch what was measured first. */
async function cleanUpFailure(folder: CloudFolder, removes: boolean, options: DownOptions): Promise<void> {
  const { status } = options;
  if (!removes) return status(formatLeftRunning(folder.state));
  try {
    await takeDown(folder, options);
  } catch (error) {
    status(`${messageOf(error)}\n${formatLeftRunning(folder.state)}`);
  }
}

/** Refuse arguments of `bench` that `cloud bench` sets itself. */
function refuseReservedArguments(benchArgs: string[], topology: Topology): void {
  const ofHosts = benchArgs.find((argument) =>
    /^--(engine|k6-hosts|k6-path|k6-send|gateway-address|upstream-host|identity)(=.*)?$/.test(argument),
  );
  if (topology === 'split' && ofHosts !== undefined) {
    throw new UsageError(
      `${ofHosts} can't be given after -- with topology split, which sets the engine (k6) and the machines' addresses itself`,
      'leave it out, or use --topology single',
    );
  }
  const reserved = benchArgs.find((argument) =>
    /^(-g.*|-o.*|--(gateways|out|resume|gateways-dir)(=.*)?)$/.test(argument),
  );
  if (reserved === undefined) return;
  throw new UsageError(
    `${reserved} can't be given after --: it would refer to the remote machine`,
    'give --gateways, --out and --resume before the --',
  );
}
