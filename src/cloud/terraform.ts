import { readdir } from 'node:fs/promises';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { findInPath } from '../lib/find-in-path.js';
import { ProviderOutputs } from '../model/cloud.js';

const PLAN_FILE = 'plan.tfplan';

/** Terraform in a folder of an environment's own, which has a copy of the provider's module and the state. */
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
    if (findInPath('terraform') === null) {
      throw new ExpectedError(
        'terraform is not installed: it makes and removes the machines',
        'install Terraform 1.5 or later (https://developer.hashicorp.com/terraform/install)',
      );
    }
  }

  async init(signal: AbortSignal): Promise<void> {
    await this.#run('init', ['-input=false'], signal);
  }

  /** Plan, and keep the plan for {@link apply}: what was shown is what is done. */
  async plan(signal: AbortSignal): Promise<void> {
    await this.#run('plan', ['-input=false', `-out=${PLAN_FILE}`], signal, this.onOutput);
  }

  async apply(signal: AbortSignal): Promise<void> {
    await this.#run('apply', ['-input=false', PLAN_FILE], signal, this.onOutput);
  }

  async outputs(signal: AbortSignal): Promise<ProviderOutputs> {
    const text = await this.#run('output', ['-json'], signal);
    const values: Record<string, { value: unknown }> = JSON.parse(text);
    const result = ProviderOutputs.safeParse({ topology: values.topology?.value, hosts: values.hosts?.value });
    if (result.success) return result.data;
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ExpectedError(
      `the outputs of ${this.folder} are not what every provider's have to be: ${problems.join('; ')}`,
      'compare them with terraform/README.md',
    );
  }

  /** Remove everything. @returns what is left, which is nothing where it succeeded */
  async destroy(): Promise<string[]> {
    let failure: unknown = null;
    try {
      // No signal: a teardown that is interrupted leaves machines that cost money.
      await this.#run('destroy', ['-auto-approve', '-input=false'], undefined, this.onOutput);
    } catch (error) {
      failure = error;
    }
    const left = await this.resources();
    if (failure !== null && left.length === 0) return [];
    if (failure !== null) throw failure;
    return left;
  }

  /** Addresses of what the state holds; none where nothing was applied. */
  async resources(): Promise<string[]> {
    const files = await readdir(this.folder).catch((): string[] => []);
    if (!files.includes('terraform.tfstate')) return [];
    const text = await this.#run('state', ['list'], undefined);
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('data.'));
  }

  async #run(
    verb: string,
    args: string[],
    signal: AbortSignal | undefined,
    onOutput?: (text: string) => void,
  ): Promise<string> {
    const words = verb === 'state' ? [verb, ...args] : [verb, ...args, '-no-color'];
    const child = execa('terraform', words, {
      cwd: this.folder,
      reject: false,
      stdin: 'ignore',
      // Not our terminal's Ctrl-C, and never killed: it has to write down what it has made.
      detached: true,
      cleanup: false,
      killSignal: 'SIGINT',
      forceKillAfterDelay: false,
      env: { TF_IN_AUTOMATION: '1', TF_INPUT: '0' },
      ...(signal ? { cancelSignal: signal } : {}),
    });
    if (onOutput) child.stdout.on('data', (chunk: Uint8Array) => onOutput(chunk.toString()));
    const { failed, stdout, stderr } = await child;
    if (signal?.aborted) throw signal.reason;
    if (failed) {
      throw new ExpectedError(
        `terraform ${verb} failed in ${this.folder}:\n${stderr.trim() || stdout.trim()}`,
        verb === 'init'
          ? 'terraform fetches the provider from its registry: check the network, then run this again'
          : 'mend what it says, then run this again; `gatebench cloud down` removes what was made',
      );
    }
    return stdout;
  }
}
