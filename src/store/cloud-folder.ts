import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { CloudState, EnvironmentName } from '../model/cloud.js';
import { storageError, writeFileAtomic } from './atomic-file.js';
import { readJsonFile, toJson } from './json-file.js';
import { makeFolder } from './make-folder.js';

/** `.cloud/<name>/`: what is known of an environment of machines, with its key, its known hosts and Terraform's state. */
export class CloudFolder {
  private constructor(
    readonly path: string,
    public state: CloudState,
  ) {}

  /** Null where there is no environment of that name. @throws UsageError for a name that none can have */
  static async open(root: string, name: string): Promise<CloudFolder | null> {
    const path = folderOf(root, name);
    if (!existsSync(join(path, 'state.json'))) return null;
    return new CloudFolder(path, await readState(path));
  }

  /** Make the folder of an environment, without saying that there is one. @returns its path */
  static async makePath(root: string, name: string): Promise<string> {
    const path = folderOf(root, name);
    try {
      // It holds a private key.
      await makeFolder(path, 0o700);
    } catch (error) {
      throw storageError(path, error);
    }
    return path;
  }

  /** Remove a folder that {@link makePath} made and nothing was put into. */
  static async removeEmpty(path: string): Promise<void> {
    await rmdir(path).catch(() => {});
  }

  static async create(root: string, state: CloudState): Promise<CloudFolder> {
    const folder = new CloudFolder(await CloudFolder.makePath(root, state.name), state);
    await folder.update({});
    return folder;
  }

  /** Names of all environments. */
  static async names(root: string): Promise<string[]> {
    const entries = await readdir(root).catch(() => []);
    return entries.filter((name) => existsSync(join(root, name, 'state.json'))).sort();
  }

  /** Where Terraform runs: a copy of the provider's module, the variables and the state. */
  get terraformDir(): string {
    return join(this.path, 'terraform');
  }

  /** Read the state again, which another process may have changed. @returns false where the environment is removed */
  async reload(): Promise<boolean> {
    if (!existsSync(join(this.path, 'state.json'))) return false;
    this.state = await readState(this.path);
    return true;
  }

  async update(change: Partial<CloudState>): Promise<void> {
    this.state = { ...this.state, ...change };
    await writeFileAtomic(join(this.path, 'state.json'), toJson(this.state));
  }

  /** Variables for every later call of Terraform. Its own parsing turns text into numbers and booleans. */
  async writeVariables(variables: Record<string, unknown>): Promise<void> {
    await writeFileAtomic(join(this.terraformDir, 'gatebench.auto.tfvars.json'), toJson(variables));
  }

  /** Forget the host keys that `SshHost` has pinned. */
  async forgetHostKeys(): Promise<void> {
    await rm(join(this.path, 'known_hosts'), { force: true });
  }

  /** Forget the environment: its key, its known hosts, its state. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

function readState(path: string): Promise<CloudState> {
  return readJsonFile(join(path, 'state.json'), CloudState, 'state of the environment', migrateState);
}

/** Version 1 knew no steps: machines that had outputs counted as up. */
function migrateState(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('schemaVersion' in document)) return document;
  if (document.schemaVersion !== 1) return document;
  const step = 'outputs' in document && document.outputs !== null ? 'up' : 'applying';
  return { ...document, schemaVersion: 2, step, settings: {}, resources: [], endsAt: null };
}

function folderOf(root: string, name: string): string {
  const parsed = EnvironmentName.safeParse(name);
  if (!parsed.success) throw new UsageError(`"${name}" is no name for an environment`, parsed.error.issues[0]?.message);
  return join(root, name);
}
