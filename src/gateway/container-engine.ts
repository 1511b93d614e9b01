import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { z } from 'zod';
import { ExpectedError } from '../lib/errors.js';
import { findInPath } from '../lib/find-in-path.js';
import { withoutTag } from '../model/container.js';
import type { ContainerEngineName } from '../model/runtime.js';

/** Every container of ours has it, so that one that was left behind can be found. */
export const LABEL = 'gatebench.gateway';

/** An engine asked for its version is asleep or gone after this long. */
const QUESTION_TIMEOUT_MS = 20_000;
/** Making a container can mean copying its whole image, where the storage driver has no layers. */
const ACTION_TIMEOUT_MS = 120_000;

/** docker's and podman's words for the same things; fields that we don't need are left out. */
const ContainerState = z.object({
  Running: z.boolean(),
  Pid: z.number(),
  ExitCode: z.number(),
  OOMKilled: z.boolean().default(false),
  Error: z.string().default(''),
});
export type ContainerState = z.infer<typeof ContainerState>;

export type EngineState = { answers: true; version: string } | { answers: false; reason: string; hint: string };

/** Whether an engine can be asked to run anything here. */
export async function engineState(engine: ContainerEngineName): Promise<EngineState> {
  if (findInPath(engine) === null) {
    return { answers: false, reason: `${engine} is not installed`, hint: `apt-get install ${PACKAGES[engine]}` };
  }
  // docker is a client of a daemon, whose version counts; podman is the engine itself.
  const field = engine === 'docker' ? '{{.Server.Version}}' : '{{.Client.Version}}';
  const { failed, stdout, stderr, timedOut } = await ask(engine, ['version', '--format', field]);
  const version = stdout.trim();
  if (!failed && version !== '') return { answers: true, version };
  const why = timedOut ? 'no answer in 20 s' : (complaint(stderr) ?? 'no version was told');
  return { answers: false, reason: `${engine} does not answer: ${why}`, hint: `see that \`${engine} info\` works` };
}

const PACKAGES: Record<ContainerEngineName, string> = { docker: 'docker.io', podman: 'podman' };

/** The ID of an image that is on this machine, `sha256:…`; null where it is not. */
export async function localImageId(engine: ContainerEngineName, image: string): Promise<string | null> {
  const { failed, stdout } = await ask(engine, ['image', 'inspect', '--format', '{{.Id}}', withoutTag(image)]);
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stdout.trim())?.[1];
  return failed || hex === undefined ? null : `sha256:${hex}`;
}

/** Names of containers of ours, running or not. */
export async function ownContainers(engine: ContainerEngineName): Promise<string[]> {
  const { failed, stdout } = await ask(engine, ['ps', '--all', '--filter', `label=${LABEL}`, '--format', '{{.Names}}']);
  return failed ? [] : stdout.split('\n').filter(Boolean);
}

/** @throws ExpectedError with what the engine said where it refuses */
export async function createContainer(engine: ContainerEngineName, args: string[]): Promise<string> {
  const { stdout } = await act(engine, ['create', ...args], 'could not make the container');
  // A warning may stand before it.
  const id = lastLine(stdout);
  if (id !== null && /^[0-9a-f]{64}$/.test(id)) return id;
  throw new ExpectedError(
    `${engine} named no container after making one: ${stdout}`,
    `see that \`${engine} info\` works`,
  );
}

/** @throws ExpectedError with what the engine said where it refuses */
export async function startContainer(engine: ContainerEngineName, id: string): Promise<void> {
  await act(engine, ['start', id], 'could not start the container');
}

/** Null where the engine does not answer, or has no such container. */
export async function containerState(engine: ContainerEngineName, id: string): Promise<ContainerState | null> {
  const { failed, stdout } = await ask(engine, ['container', 'inspect', '--format', '{{json .State}}', id]);
  if (failed) return null;
  const parsed = ContainerState.safeParse(parseJson(stdout));
  return parsed.success ? parsed.data : null;
}

/** Resolves when the container has ended, or when the engine can't be asked any more. */
export async function waitForContainer(engine: ContainerEngineName, id: string): Promise<void> {
  await execa(engine, ['wait', id], OPTIONS);
}

/** The stop signal, then SIGKILL after `graceS`. @returns false where the engine did not do it */
export async function stopContainer(engine: ContainerEngineName, id: string, graceS: number): Promise<boolean> {
  const args = ['stop', '--time', String(Math.ceil(graceS)), id];
  const { failed } = await execa(engine, args, { ...OPTIONS, timeout: graceS * 1000 + QUESTION_TIMEOUT_MS });
  return !failed;
}

/** With its own volumes, running or not. @returns false where the engine did not do it */
export async function removeContainer(engine: ContainerEngineName, id: string): Promise<boolean> {
  const { failed } = await execa(engine, REMOVE(id), { ...OPTIONS, timeout: ACTION_TIMEOUT_MS });
  return !failed;
}

/** The same for a harness that has to end at once: it waits for nothing else. */
export function removeContainerSync(engine: ContainerEngineName, id: string): void {
  spawnSync(engine, REMOVE(id), { stdio: 'ignore', timeout: 10_000 });
}

const REMOVE = (id: string) => ['rm', '--force', '--volumes', id];

/**
 * A group of its own: Ctrl-C on a terminal goes to the whole group of the harness, and would end what is to stop the
 * container.
 */
const OPTIONS = { reject: false, stdin: 'ignore', detached: true } as const;

function ask(engine: ContainerEngineName, args: string[]) {
  return execa(engine, args, { ...OPTIONS, timeout: QUESTION_TIMEOUT_MS });
}

async function act(engine: ContainerEngineName, args: string[], what: string) {
  const result = await execa(engine, args, { ...OPTIONS, timeout: ACTION_TIMEOUT_MS });
  if (!result.failed) return result;
  const why = result.timedOut ? 'no answer in 120 s' : (complaint(result.stderr) ?? result.shortMessage);
  throw new ExpectedError(
    `${engine} ${what}: ${why}`,
    `see that \`${engine} info\` works, and correct container in its gateway.yaml`,
  );
}

/** The first line of what an engine complains of: docker's last one only says which container it was. */
function complaint(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !/^warning/i.test(line)) ?? null;
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
