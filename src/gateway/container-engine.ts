import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { z } from 'zod';
import { ExpectedError } from '../lib/errors.js';
import { findInPath } from '../lib/find-in-path.js';
import { parseJson } from '../lib/json-value.js';
import { withoutTag } from '../model/container.js';
import type { ContainerEngineName } from '../model/runtime.js';

/** Marks our containers, so that leftover ones can be found. */
export const LABEL = 'gatebench.gateway';

/** An engine that takes longer to reply is considered gone. */
const QUERY_TIMEOUT_MS = 20_000;
/** Creating a container copies the whole image where the storage driver has no layers. */
const ACTION_TIMEOUT_MS = 120_000;

/** The fields of `container inspect` that docker and podman share and we need. */
const ContainerState = z.object({
  Running: z.boolean(),
  Pid: z.number(),
  ExitCode: z.number(),
  OOMKilled: z.boolean().default(false),
  Error: z.string().default(''),
});
export type ContainerState = z.infer<typeof ContainerState>;

export type EngineState = { available: true; version: string } | { available: false; reason: string; hint: string };

/** Whether an engine is installed and running. */
export async function probeEngine(engine: ContainerEngineName): Promise<EngineState> {
  if (findInPath(engine) === null) {
    return { available: false, reason: `${engine} is not installed`, hint: `apt-get install ${PACKAGES[engine]}` };
  }
  // docker is a client of a daemon, whose version counts; podman is the engine itself.
  const field = engine === 'docker' ? '{{.Server.Version}}' : '{{.Client.Version}}';
  const { failed, stdout, stderr, timedOut } = await query(engine, ['version', '--format', field]);
  const version = stdout.trim();
  if (!failed && version !== '') return { available: true, version };
  const why = timedOut ? `no reply in ${QUERY_TIMEOUT_MS / 1000} s` : (firstError(stderr) ?? 'it reported no version');
  return { available: false, reason: `${engine} is not responding: ${why}`, hint: `check \`${engine} info\`` };
}

const PACKAGES: Record<ContainerEngineName, string> = { docker: 'docker.io', podman: 'podman' };

/** The ID of a local image, `sha256:…`; null where the image is not on this machine. */
export async function findLocalImage(engine: ContainerEngineName, image: string): Promise<string | null> {
  const { failed, stdout } = await query(engine, ['image', 'inspect', '--format', '{{.Id}}', withoutTag(image)]);
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stdout.trim())?.[1];
  return failed || hex === undefined ? null : `sha256:${hex}`;
}

/** Names of our containers, running or not. */
export async function listOwnContainers(engine: ContainerEngineName): Promise<string[]> {
  const { failed, stdout } = await query(engine, [
    'ps',
    '--all',
    '--filter',
    `label=${LABEL}`,
    '--format',
    '{{.Names}}',
  ]);
  return failed ? [] : stdout.split('\n').filter(Boolean);
}

/** @returns the container's ID; @throws ExpectedError with the engine's error */
export async function createContainer(engine: ContainerEngineName, args: string[]): Promise<string> {
  const { stdout } = await act(engine, ['create', ...args], 'could not create the container');
  // A warning may come before it.
  const id = lastLine(stdout);
  if (id !== null && /^[0-9a-f]{64}$/.test(id)) return id;
  throw new ExpectedError(`${engine} created a container but printed no ID: ${stdout}`, `check \`${engine} info\``);
}

/** @throws ExpectedError with the engine's error */
export async function startContainer(engine: ContainerEngineName, id: string): Promise<void> {
  await act(engine, ['start', id], 'could not start the container');
}

/** Null where the engine is not responding or has no such container. */
export async function inspectContainer(engine: ContainerEngineName, id: string): Promise<ContainerState | null> {
  const { failed, stdout } = await query(engine, ['container', 'inspect', '--format', '{{json .State}}', id]);
  if (failed) return null;
  const parsed = ContainerState.safeParse(parseJson(stdout));
  return parsed.success ? parsed.data : null;
}

/** Resolves when the container has exited, or when the engine is no longer responding. */
export async function waitForContainer(engine: ContainerEngineName, id: string): Promise<void> {
  await execa(engine, ['wait', id], OPTIONS);
}

/** Send the stop signal, then SIGKILL after `graceS`. @returns false where the engine failed to */
export async function stopContainer(engine: ContainerEngineName, id: string, graceS: number): Promise<boolean> {
  const args = ['stop', '--time', String(Math.ceil(graceS)), id];
  const { failed } = await execa(engine, args, { ...OPTIONS, timeout: graceS * 1000 + QUERY_TIMEOUT_MS });
  return !failed;
}

/** Remove a container, running or not, with its volumes. @returns false where the engine failed to */
export async function removeContainer(engine: ContainerEngineName, id: string): Promise<boolean> {
  const { failed } = await execa(engine, REMOVE(id), { ...OPTIONS, timeout: ACTION_TIMEOUT_MS });
  return !failed;
}

/** {@link removeContainer} for a harness that has to exit at once. */
export function removeContainerSync(engine: ContainerEngineName, id: string): void {
  spawnSync(engine, REMOVE(id), { stdio: 'ignore', timeout: 10_000 });
}

const REMOVE = (id: string) => ['rm', '--force', '--volumes', id];

/**
 * Clients get a process group of their own: Ctrl-C goes to the harness's whole group, and would end the client that
 * is about to stop the container.
 */
const OPTIONS = { reject: false, stdin: 'ignore', detached: true } as const;

function query(engine: ContainerEngineName, args: string[]) {
  return execa(engine, args, { ...OPTIONS, timeout: QUERY_TIMEOUT_MS });
}

async function act(engine: ContainerEngineName, args: string[], failure: string) {
  const result = await execa(engine, args, { ...OPTIONS, timeout: ACTION_TIMEOUT_MS });
  if (!result.failed) return result;
  const why = result.timedOut
    ? `no reply in ${ACTION_TIMEOUT_MS / 1000} s`
    : (firstError(result.stderr) ?? result.shortMessage);
  throw new ExpectedError(
    `${engine} ${failure}: ${why}`,
    `check \`${engine} info\`, and "container" in the gateway.yaml`,
  );
}

/** The first line of an engine's error: docker's last line only names the container. */
function firstError(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !/^warning/i.test(line)) ?? null;
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null;
}
