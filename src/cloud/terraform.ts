import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { findInPath } from '../lib/find-in-path.js';
import { ProviderOutputs } from '../model/cloud.js';
import { awaitDetached, type DetachedEnd, type DetachedProgram, programIn, startDetached } from './detached-program.js';
import { terraformEnvironment } from './terraform-environment.js';
import { parsePlan, type TerraformPlan } from './terraform-plan.js';

const PROGRAM = 'terraform';
const PLAN_FILE = 'plan.tfplan';

/** For another Terraform in the same folder that can't be seen from here, as in another container. */
const LOCK_TIMEOUT = '-lock-timeout=300s';

/** What importing a resource showed. */
export type Adoption =
  /** It exists, and is in the state from now on. */
  | { kind: 'adopted' }
  /** The provider says that there is none. */
  | { kind: 'absent' }
  /** The provider couldn't say. */
  | { kind: 'unknown'; why: string };

/**
 * Terraform in a folder of an environment's own, which has a copy of the provider's module and the state. What changes
 * machines runs detached and is never stopped: a provider that is interrupted while it waits for a machine forgets it.
 */
export class Terraform {
  /**
   * @param folder `.cloud/<name>/terraform`
   * @param onOutput what Terraform prints, as it does
   */
  constructor(
    readonly folder: string,
    private readonly onOutput: (text: string) => void,
  ) {}

  /** @throws ExpectedError where the program isn't there */
  static require(): void {
    if (findInPath(PROGRAM) === null) {
      throw new ExpectedError(
        'terraform is not installed: it makes and removes the machines',
        'install Terraform 1.5 or later (https://developer.hashicorp.com/terraform/install)',
      );
    }
  }

  /** PID of a Terraform that an earlier call left running here; null where none is. */
  running(): number | null {
    return programIn(this.folder, PROGRAM);
  }

  /** Wait for it, and show what it prints. @param signal ends the waiting, not Terraform */
  async awaitRunning(signal?: AbortSignal): Promise<void> {
    for (let pid = this.running(); pid !== null; pid = this.running()) {
      await awaitDetached(this.folder, pid, this.onOutput, signal);
    }
  }

  async init(signal: AbortSignal): Promise<void> {
    await this.#stoppable('init', ['-input=false'], signal, () => {});
  }

  /** Plan, and keep the plan for {@link apply}: what was shown is what is done. */
  async plan(signal: AbortSignal): Promise<TerraformPlan> {
    await this.#stoppable('plan', ['-input=false', LOCK_TIMEOUT, `-out=${PLAN_FILE}`], signal, this.onOutput);
    return parsePlan(await this.#query(['show', '-no-color', '-json', PLAN_FILE], signal));
  }

  /** Make what was planned. It can't be interrupted. */
  async apply(): Promise<void> {
    await this.#change('apply', ['-input=false', LOCK_TIMEOUT, PLAN_FILE]);
  }

  /** Read again what exists, and what it says of itself. Nothing is made or changed. */
  async refresh(): Promise<void> {
    await this.#change('apply', ['-refresh-only', '-auto-approve', '-input=false', LOCK_TIMEOUT], () => {});
  }

  async outputs(signal?: AbortSignal): Promise<ProviderOutputs> {
    const values: Record<string, { value: unknown }> = JSON.parse(
      await this.#query(['output', '-no-color', '-json'], signal),
    );
    const result = ProviderOutputs.safeParse({ topology: values.topology?.value, hosts: values.hosts?.value });
    if (result.success) return result.data;
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ExpectedError(
      `the outputs of ${this.folder} are not what every provider's have to be: ${problems.join('; ')}`,
      'compare them with terraform/README.md',
    );
  }

  /**
   * Put a resource that may exist into the state, where {@link destroy} finds it.
   * @param address in the module, such as `google_compute_instance.machine["all"]`
   * @param id as the provider knows it
   */
  async adopt(address: string, id: string): Promise<Adoption> {
    const end = await this.#start('import', ['-input=false', LOCK_TIMEOUT, address, id]).ended(() => {});
    if (end.exitCode === 0) return { kind: 'adopted' };
    const text = errorText(end);
    if (/Cannot import non-existent remote object/.test(text)) return { kind: 'absent' };
    return { kind: 'unknown', why: text };
  }

  /**
   * Remove everything in the state. It can't be interrupted.
   * @throws ExpectedError where Terraform fails, also if it says that nothing is left
   */
  async destroy(): Promise<void> {
    await this.#change('destroy', ['-auto-approve', '-input=false', LOCK_TIMEOUT]);
  }

  /** Addresses of what the state holds; none where nothing was applied. */
  async resources(): Promise<string[]> {
    const { exitCode, stdout, stderr } = await this.#run(['state', 'list', '-no-color']);
    if (exitCode !== 0) {
      if (/No state file was found/.test(stderr)) return [];
      throw this.#failure('state list', stderr || stdout);
    }
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('data.'));
  }

  /** Run a verb that makes nothing: an abort stops it. */
  async #stoppable(verb: string, args: string[], signal: AbortSignal, onOutput: (text: string) => void): Promise<void> {
    signal.throwIfAborted();
    const program = this.#start(verb, args);
    signal.addEventListener('abort', program.interrupt, { once: true });
    try {
      const end = await program.ended(onOutput);
      if (signal.aborted) throw signal.reason;
      if (end.exitCode !== 0) throw this.#failure(verb, errorText(end));
    } finally {
      signal.removeEventListener('abort', program.interrupt);
    }
  }

  async #change(verb: string, args: string[], onOutput = this.onOutput): Promise<void> {
    const end = await this.#start(verb, args).ended(onOutput);
    if (end.exitCode !== 0) throw this.#failure(verb, errorText(end));
  }

  #start(verb: string, args: string[]): DetachedProgram {
    const program = findInPath(PROGRAM) ?? PROGRAM;
    return startDetached(this.folder, program, [verb, '-no-color', ...args], terraformEnvironment(process.env));
  }

  /** Something that only reads. @throws ExpectedError where it fails */
  async #query(args: string[], signal?: AbortSignal): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#run(args, signal);
    if (signal?.aborted) throw signal.reason;
    if (exitCode !== 0) throw this.#failure(args[0] ?? '', stderr || stdout);
    return stdout;
  }

  async #run(args: string[], signal?: AbortSignal): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const { exitCode, stdout, stderr, shortMessage } = await execa(PROGRAM, args, {
      cwd: this.folder,
      reject: false,
      stdin: 'ignore',
      // Not our terminal's Ctrl-C.
      detached: true,
      extendEnv: false,
      env: terraformEnvironment(process.env),
      ...(signal ? { cancelSignal: signal } : {}),
    });
    const text = stripVTControlCharacters(stderr ?? '');
    return {
      exitCode: exitCode ?? -1,
      stdout: stdout ?? '',
      stderr: exitCode === 0 ? text : text || shortMessage || '',
    };
  }

  #failure(verb: string, text: string): ExpectedError {
    return new ExpectedError(`terraform ${verb} failed in ${this.folder}:\n${text}`, hintFor(verb));
  }
}

function errorText({ exitCode, stdout, stderr, startError }: DetachedEnd): string {
  if (startError !== null) return startError;
  return stderr.trim() || stdout.trim() || (exitCode === null ? 'it was killed' : `exit code ${exitCode}`);
}

function hintFor(verb: string): string {
  switch (verb) {
    case 'init':
      return 'terraform fetches the provider from its registry: check the network, then run this again';
    case 'destroy':
      return 'fix what it says, then run `gatebench cloud down` again: what is left is still recorded';
    default:
      return 'fix what it says, then run this again: it resumes; `gatebench cloud down` removes what was made';
  }
}
