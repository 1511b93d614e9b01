import type { Terraform } from '../../cloud/terraform.js';
import { ExpectedError } from '../../lib/errors.js';
import { sleep } from '../../lib/sleep.js';
import type { CloudProvider } from '../../model/cloud.js';
import { shellProgram } from '../../remote/remote-program.js';
import { CONNECTION_LOST } from '../../remote/remote-shell.js';
import { lastLine } from '../../remote/ssh-failure.js';
import { type SshHost, waitForSsh } from '../../remote/ssh-host.js';
import type { CloudFolder } from '../../store/cloud-folder.js';
import type { UpPlan } from './up-request.js';

interface ConnectContext {
  status: (text: string) => void;
  signal: AbortSignal;
}

/** The guest agent writes the keys some seconds after sshd has made them. */
const HOST_KEY_INTERVAL_S = 3;

/**
 * Wait until every machine has published its ssh host key to the provider, so that the first connection is already to a
 * known host.
 * @throws ExpectedError where the time runs out
 */
export async function awaitHostKeys(
  folder: CloudFolder,
  terraform: Terraform,
  timeoutS: number,
  { status, signal }: ConnectContext,
): Promise<void> {
  const end = performance.now() + timeoutS * 1000;
  let told = false;
  for (;;) {
    const outputs = await terraform.outputs(signal);
    await folder.update({ outputs });
    const missing = Object.entries(outputs.hosts).flatMap(([role, { hostKey }]) => (hostKey === null ? [role] : []));
    if (missing.length === 0) return;
    if (performance.now() >= end) {
      throw new ExpectedError(
        `${missing.join(', ')}: no ssh host key was published within ${timeoutS} s`,
        "check that the image has the provider's guest agent, wait longer with --ssh-timeout, or believe the first key that is seen: --accept-host-keys",
      );
    }
    if (!told) status(`waiting until ${missing.join(', ')} publish their ssh host keys`);
    told = true;
    await sleep(HOST_KEY_INTERVAL_S * 1000, signal);
    await terraform.refresh();
    signal.throwIfAborted();
  }
}

/** Wait until a host accepts ssh, and install what it needs. */
export async function connect(
  host: SshHost,
  { sshTimeoutS, prepareHosts }: Pick<UpPlan, 'sshTimeoutS' | 'prepareHosts'>,
  provider: CloudProvider,
  { status, signal }: ConnectContext,
): Promise<void> {
  status(`waiting for ssh on ${host.label} (${host.role})`);
  await waitForSsh(host, { timeoutS: sshTimeoutS, fresh: provider.ownsHosts, signal });
  const origin =
    host.host.hostKey === null
      ? 'seen first and pinned now'
      : provider.publishesHostKeys
        ? 'as published by the machine'
        : 'as given';
  status(`${host.role}: host key ${(await host.fingerprint()) ?? '(unknown)'}, ${origin}`);
  if (provider.ownsHosts || prepareHosts) await prepare(host, status, signal);
}

/** Install what the host's role needs of Node, Go and build tools. */
async function prepare(host: SshHost, status: (text: string) => void, signal: AbortSignal): Promise<void> {
  status(`${host.role}: installing the toolchain (remote-programs/prepare-host.sh)`);
  const child = await host.start(shellProgram('prepare-host.sh', host.role), signal);
  child.stdout.on('data', (chunk: Uint8Array) => status(chunk.toString()));
  child.stdin.end();
  const { exitCode, stderr } = await child.ended();
  if (exitCode === CONNECTION_LOST) throw host.connectionError(stderr);
  if (exitCode !== 0) {
    throw new ExpectedError(
      `${host.label} could not be prepared (exit code ${exitCode}): ${lastLine(stderr)}`,
      'install Node 20.19 or later, Go 1.24 or later, make and gcc there by hand',
    );
  }
}
