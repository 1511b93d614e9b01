import { callerCidr, ownPublicKey } from '../../cloud/access.js';
import { estimatePrice, priceText } from '../../cloud/price-estimate.js';
import { recordResources } from '../../cloud/recorded-resources.js';
import { Terraform } from '../../cloud/terraform.js';
import { ignoredVariables } from '../../cloud/terraform-environment.js';
import type { TerraformPlan } from '../../cloud/terraform-plan.js';
import { messageOf, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudProvider, ProviderInput } from '../../model/cloud.js';
import { CloudFolder } from '../../store/cloud-folder.js';
import { copyModule, moduleVariables, readProvider } from '../../store/providers.js';
import { awaitHostKeys, connect } from './connect.js';
import { removeEnvironment } from './down.js';
import { environmentOf, formatLeftRunning, formatStep } from './environment.js';
import { lockEnvironment } from './environment-lock.js';
import type { InterruptGuard } from './guard.js';
import { awaitEarlierTerraform, recoverLost, requireKnown } from './lost-resources.js';
import { runLimitHours } from './run-length.js';
import { checkVariables, resolveUp, type UpPlan, type UpRequest } from './up-request.js';

export interface UpContext {
  status: (text: string) => void;
  /** Asks whether to create the machines, once their price is known. */
  confirm: () => Promise<boolean>;
  guard: InterruptGuard;
}

/**
 * Create an environment's machines, or resume what an earlier attempt left, and wait until they accept ssh.
 * @throws ExpectedError where that fails; what was created is removed by then, unless `keep`
 */
export async function bringUp(request: UpRequest, roots: Roots, context: UpContext): Promise<CloudFolder> {
  Terraform.require();
  const { name } = request;
  // Everything that can be refused is refused before there is a trace of it.
  await resolveAndCheck(request, roots);
  const path = await CloudFolder.makePath(roots.cloud, name);
  try {
    const lock = await lockEnvironment(path, name, 'cloud up');
    try {
      const { plan, provider } = await resolveAndCheck(request, roots);
      const folder = await openOrCreate(plan, provider, roots);
      context.guard.watch(() => folder.state);
      await makeAndConnect(folder, plan, provider, roots, context);
      context.status(`environment "${name}" is up; remove it with: gatebench cloud down --name ${name}`);
      return folder;
    } finally {
      lock.release();
    }
  } finally {
    await CloudFolder.removeEmpty(path);
  }
}

async function resolveAndCheck(request: UpRequest, roots: Roots): Promise<{ plan: UpPlan; provider: CloudProvider }> {
  const earlier = await CloudFolder.open(roots.cloud, request.name);
  const { name } = request;
  if (earlier?.state.step === 'up') {
    throw new UsageError(
      `environment "${name}" is already up`,
      `measure on it: gatebench cloud bench --name ${name}; or choose another --name`,
    );
  }
  const plan = resolveUp(request, earlier?.state ?? null);
  const provider = await readProvider(roots.providers, plan.provider);
  if (earlier && earlier.state.provider !== provider.name) {
    throw new UsageError(
      `environment "${name}" was started with provider ${earlier.state.provider}`,
      `remove what may be left of it first: gatebench cloud down --name ${name}`,
    );
  }
  checkVariables(provider, await moduleVariables(roots.providers, provider.name), plan.settings.variables);
  return { plan, provider };
}

async function openOrCreate(plan: UpPlan, provider: CloudProvider, roots: Roots): Promise<CloudFolder> {
  const { name, settings, identityFile, remoteDir } = plan;
  const asRoot = provider.ownsHosts || plan.asRoot;
  const earlier = await CloudFolder.open(roots.cloud, name);
  if (earlier !== null) return earlier;
  return CloudFolder.create(roots.cloud, {
    schemaVersion: 2,
    name,
    provider: provider.name,
    createdAt: new Date().toISOString(),
    step: 'new',
    settings,
    resources: [],
    endsAt: null,
    outputs: null,
    identityFile,
    ownKey: provider.inputs.includes('ssh_public_key'),
    ownsHosts: provider.ownsHosts,
    asRoot,
    remoteDir,
    benchKey: null,
    unfetched: false,
  });
}

async function makeAndConnect(
  folder: CloudFolder,
  plan: UpPlan,
  provider: CloudProvider,
  roots: Roots,
  context: UpContext,
): Promise<void> {
  const { status, guard } = context;
  const { signal } = guard;
  const terraform = new Terraform(folder.terraformDir, status);
  const progress = { applies: false };
  try {
    await resume(folder, terraform, context);
    const { settings, identityFile, remoteDir } = plan;
    await folder.update({ settings, identityFile, remoteDir, asRoot: provider.ownsHosts || plan.asRoot });
    await copyModule(roots.providers, provider.name, folder.terraformDir);
    const variables = { ...settings.variables, ...(await readInputs(provider, plan, folder, signal)) };
    await folder.writeVariables(variables);
    const ignored = ignoredVariables(process.env);
    if (ignored.length > 0) status(`Terraform doesn't see ${ignored.join(', ')}: give variables with --var`);
    status(`terraform init (${provider.title})`);
    await terraform.init(signal);
    const planned = await terraform.plan(signal);
    await confirmCost(planned, plan, provider, context);
    progress.applies = true;
    await apply(folder, terraform, { planned, variables, provider }, guard);
    signal.throwIfAborted();
    if (provider.publishesHostKeys && !plan.acceptHostKeys) {
      await awaitHostKeys(folder, terraform, plan.sshTimeoutS, { status, signal });
    }
    for (const host of environmentOf(folder).hosts) await connect(host, plan, provider, { status, signal });
    await folder.update({ step: 'up' });
  } catch (error) {
    await cleanUpFailure(folder, terraform, progress.applies || signal.aborted, plan.keep, context);
    throw error;
  }
}

/** Find out what an earlier attempt left. */
async function resume(folder: CloudFolder, terraform: Terraform, { status, guard }: UpContext): Promise<void> {
  await awaitEarlierTerraform(terraform, status, guard.signal);
  if (folder.state.step === 'new') return;
  status(`resuming environment "${folder.state.name}": ${formatStep(folder.state.step)}`);
  requireKnown(await recoverLost(folder, terraform, status));
}

async function confirmCost(
  planned: TerraformPlan,
  plan: UpPlan,
  provider: CloudProvider,
  { status, confirm }: UpContext,
): Promise<void> {
  if (planned.changes.length === 0) return status('the machines are there as they should be');
  status(`\n${formatCost(provider, plan)}`);
  if (!(await confirm())) throw new UsageError('nothing was created', 'answer y, or pass --yes');
}

/** Make what was planned, with a note of it first: whatever happens then, `down` knows what to look for. */
async function apply(
  folder: CloudFolder,
  terraform: Terraform,
  made: { planned: TerraformPlan; variables: Readonly<Record<string, unknown>>; provider: CloudProvider },
  guard: InterruptGuard,
): Promise<void> {
  const { planned, variables, provider } = made;
  const resources = recordResources(planned.resources, provider, variables);
  const isNew = planned.changes.length > 0;
  const hours = runLimitHours(provider, variables);
  const endsAt = hours === null ? null : new Date(Date.now() + hours * 3_600_000).toISOString();
  await folder.update({ step: 'applying', resources, ...(isNew ? { endsAt } : {}) });
  // Machines that are made anew have new host keys.
  if (isNew && provider.ownsHosts) await folder.forgetHostKeys();
  const work = { what: 'Terraform is making the machines', afterwards: 'what was created is removed' };
  await guard.during(work, () => terraform.apply());
  await folder.update({ step: 'applied', outputs: await terraform.outputs() });
}

/** The variables that gatebench sets itself. */
async function readInputs(
  provider: CloudProvider,
  { name, topology, loadCount, settings }: UpPlan,
  folder: CloudFolder,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const values: Record<ProviderInput, () => unknown> = {
    name: () => name,
    topology: () => topology,
    load_count: () => loadCount,
    allowed_cidr: () => settings.allowFrom ?? callerCidr(signal),
    ssh_public_key: () => ownPublicKey(folder.path, name),
  };
  const entries = provider.inputs.map(async (input) => [input, await values[input]()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function formatCost(provider: CloudProvider, { topology, loadCount, settings: { variables } }: UpPlan): string {
  if (provider.prices === null) return `${provider.title}: no costs`;
  const spot = variables.spot === true;
  const estimate = estimatePrice(provider.prices, {
    topology,
    loadCount,
    machineType: typeof variables.machine_type === 'string' ? variables.machine_type : null,
    diskGb: typeof variables.disk_gb === 'number' ? variables.disk_gb : null,
    spot,
  });
  return priceText(provider.prices, estimate, spot);
}

/**
 * Don't leave machines that didn't come up to cost money. If they can't be removed, say so and keep the state.
 * @param changed whether this attempt may have made something, or is to be undone; otherwise an earlier one's is left
 */
async function cleanUpFailure(
  folder: CloudFolder,
  terraform: Terraform,
  changed: boolean,
  keep: boolean,
  { status, guard }: UpContext,
): Promise<void> {
  if (folder.state.step === 'new') return folder.remove();
  if (keep || !changed) return status(formatLeftRunning(folder.state));
  status('cloud up failed: removing what was created (--keep leaves it)');
  try {
    await awaitEarlierTerraform(terraform, status);
    await removeEnvironment(folder, terraform, { status, guard });
  } catch (error) {
    status(messageOf(error));
  }
}
