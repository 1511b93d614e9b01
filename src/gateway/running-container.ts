import { accessSync, constants, readFileSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { killTree, rememberEnder } from '../lib/child-registry.js';
import { ExpectedError } from '../lib/errors.js';
import { readProcessTable, treeOf } from '../lib/process-table.js';
import { sleep, waitUntil } from '../lib/sleep.js';
import type { ContainerEngineName } from '../model/runtime.js';
import {
  type ContainerState,
  inspectContainer,
  removeContainer,
  removeContainerSync,
  stopContainer,
  waitForContainer,
} from './container-engine.js';
import type { GatewayExit } from './gateway-driver.js';

const EXIT_TIMEOUT_MS = 10_000;
const INSPECT_INTERVAL_MS = 500;
/** An engine that fails this many times in a row is considered gone. */
const MAX_INSPECT_FAILURES = 5;

/** Shells and container engines alike report a signal as exit code 128 + its number. */
const SIGNAL_EXIT_CODE = 128;
const SIGNALS = new Map(Object.entries(osConstants.signals).map(([name, number]) => [number, name]));

/** A container from its start to its removal, and its processes as this machine sees them. */
export class RunningContainer {
  /** Rejects where the engine stops responding: the gateway may still be running then. */
  readonly exited: Promise<GatewayExit>;
  readonly #forget: () => void;
  #ended: GatewayExit | null = null;
  #stopping = false;
  #lost = false;

  private constructor(
    readonly engine: ContainerEngineName,
    readonly id: string,
    /** This machine's PID of the container's first process; null where it exited at once. */
    private readonly root: number | null,
    /** Whether that is the engine's init process rather than the gateway. */
    private readonly init: boolean,
  ) {
    this.exited = this.#watch();
    // A rejection that nobody awaits must not crash the harness.
    this.exited.catch(() => undefined);
    this.#forget = rememberEnder(() => {
      this.#kill();
      removeContainerSync(engine, id);
    });
  }

  /**
   * Watch a container that was just started.
   * @throws ExpectedError where its processes are not on this machine
   */
  static async watch(engine: ContainerEngineName, id: string, { init }: { init: boolean }): Promise<RunningContainer> {
    const state = await inspectContainer(engine, id);
    if (state?.Running !== true) return new RunningContainer(engine, id, null, init);
    if (belongsTo(state.Pid, id)) return new RunningContainer(engine, id, state.Pid, init);
    // It may have exited since.
    if ((await inspectContainer(engine, id))?.Running === false) return new RunningContainer(engine, id, null, init);
    throw new ExpectedError(
      `${engine} runs its containers on another or a virtual machine: the container's process ${state.Pid} does not exist here, so it can't be measured`,
      'run gatebench on the machine whose kernel runs the containers',
    );
  }

  /** Null while it runs. */
  exit(): GatewayExit | null {
    return this.#ended;
  }

  /** The gateway's living processes: everything in a container descends from its first process. */
  pids(): number[] {
    if (this.root === null || this.#ended) return [];
    const tree = treeOf(this.root, readProcessTable());
    return this.init ? tree.filter((pid) => pid !== this.root) : tree;
  }

  /** @throws ExpectedError where this user may not inspect the container's processes */
  requireReadable(): void {
    if (this.root === null || this.#ended || this.#readable(this.root)) return;
    throw new ExpectedError(
      `the container's processes belong to another user: can't read their ports and memory`,
      `run gatebench as root, or ${this.engine} without root`,
    );
  }

  #readable(pid: number): boolean {
    try {
      accessSync(`/proc/${pid}/fd`, constants.R_OK);
      return true;
    } catch {
      // A process that is gone is not a forbidden one.
      return !readProcessTable().some((row) => row.pid === pid);
    }
  }

  /** Stop gracefully, then by force. @returns false where it took force */
  async stop(graceS: number): Promise<boolean> {
    if (this.#ended) return true;
    this.#stopping = true;
    const stopped = !this.#lost && (await stopContainer(this.engine, this.id, graceS));
    // Where the engine fails, this gateway must still not run beside the next one.
    if (!stopped) this.#kill();
    await waitUntil(() => this.#ended !== null || (this.#lost && !this.#lives()), EXIT_TIMEOUT_MS);
    return stopped && this.exit()?.signal !== 'SIGKILL';
  }

  /** Remove the container. If the engine is gone, `gatebench doctor` finds what is left. */
  async remove(): Promise<void> {
    this.#stopping = true;
    await removeContainer(this.engine, this.id);
    this.#forget();
  }

  /** Stop and remove. */
  async end(graceS: number): Promise<void> {
    await this.stop(graceS);
    await this.remove();
  }

  async #watch(): Promise<GatewayExit> {
    let failures = 0;
    for (;;) {
      await waitForContainer(this.engine, this.id);
      const state = await inspectContainer(this.engine, this.id);
      if (state?.Running === false) return this.#end(parseExit(this.engine, state));
      // Either the client exited and not the container, or the engine is not responding.
      failures = state === null ? failures + 1 : 0;
      if (failures >= MAX_INSPECT_FAILURES || (state === null && this.#stopping)) {
        this.#lost = true;
        throw new ExpectedError(
          `${this.engine} has stopped responding, so the container can't be watched`,
          `this is no fault of the gateway: check \`${this.engine} info\`, then run the cell again with --resume`,
        );
      }
      await sleep(INSPECT_INTERVAL_MS);
    }
  }

  /** Send SIGKILL directly, without the engine. */
  #kill(): void {
    if (this.root !== null && this.#lives()) killTree(this.root);
  }

  /** The PID may have been reused by another process, which is not ours to kill. */
  #lives(): boolean {
    return this.root !== null && belongsTo(this.root, this.id);
  }

  #end(exit: GatewayExit): GatewayExit {
    this.#ended = exit;
    return exit;
  }
}

/**
 * A container's exit in the terms of a process. Engines report an exit code only: one that stands for a signal is taken
 * for that signal, and the code is kept as evidence.
 */
export function parseExit(engine: string, state: ContainerState): GatewayExit {
  const signal = SIGNALS.get(state.ExitCode - SIGNAL_EXIT_CODE) ?? null;
  const evidence = [
    // First, because the exit code hides it.
    ...(state.OOMKilled ? ['out of memory: the kernel killed a process of the container (OOMKilled)'] : []),
    ...(signal === null ? [] : [`${engine} reports exit code ${state.ExitCode}`]),
    ...(state.Error === '' ? [] : [`${engine} says: ${state.Error}`]),
  ];
  return {
    exitCode: signal === null ? state.ExitCode : null,
    signal,
    ...(evidence.length === 0 ? {} : { evidence: evidence.join('; ') }),
  };
}

/** Whether a process is on this machine and in that container: its control group is named after the container's ID. */
function belongsTo(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id);
  } catch {
    return false;
  }
}
