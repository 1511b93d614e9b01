import { accessSync, constants, readFileSync } from 'node:fs';
import { killTree, rememberEnder } from '../lib/child-registry.js';
import { ExpectedError } from '../lib/errors.js';
import { readProcessTable, treeOf } from '../lib/process-table.js';
import { sleep, waitUntil } from '../lib/sleep.js';
import type { ContainerEngineName } from '../model/runtime.js';
import {
  containerState,
  removeContainer,
  removeContainerSync,
  stopContainer,
  waitForContainer,
} from './container-engine.js';
import { exitOf } from './container-exit.js';
import type { GatewayExit } from './gateway-driver.js';

const EXIT_TIMEOUT_MS = 10_000;
const ASK_AGAIN_MS = 500;
const ASK_TIMES = 5;

/** A container from its start to its removal, and its processes as this machine sees them. */
export class ContainerLife {
  /** Rejects where the engine stops answering: that is not the gateway's end, and can't be told from one. */
  readonly exited: Promise<GatewayExit>;
  readonly #forget: () => void;
  #ended: GatewayExit | null = null;
  #stopping = false;
  #lost = false;

  private constructor(
    readonly engine: ContainerEngineName,
    readonly id: string,
    /** The container's first process, in this machine's numbers; null where it ended at once. */
    private readonly root: number | null,
    /** Whether that is the engine's init process, and not the gateway. */
    private readonly init: boolean,
  ) {
    this.exited = this.#watch();
    // Whoever doesn't wait for it must not crash the process.
    this.exited.catch(() => undefined);
    this.#forget = rememberEnder(() => {
      this.#kill();
      removeContainerSync(engine, id);
    });
  }

  /**
   * Watch a container that was just started.
   * @throws ExpectedError where its processes are not to be found on this machine
   */
  static async of(engine: ContainerEngineName, id: string, { init }: { init: boolean }): Promise<ContainerLife> {
    const state = await containerState(engine, id);
    if (state?.Running !== true) return new ContainerLife(engine, id, null, init);
    if (belongsTo(state.Pid, id)) return new ContainerLife(engine, id, state.Pid, init);
    // It may have ended since.
    if ((await containerState(engine, id))?.Running === false) return new ContainerLife(engine, id, null, init);
    throw new ExpectedError(
      `${engine} runs its containers on another machine, or in a virtual one: process ${state.Pid} of the container is not one of this machine, and can't be measured here`,
      'run gatebench on the machine whose kernel runs the containers',
    );
  }

  /** Null while it runs. */
  exit(): GatewayExit | null {
    return this.#ended;
  }

  /** Living processes of the gateway. Everything in a container descends from its first process. */
  pids(): number[] {
    if (this.root === null || this.#ended) return [];
    const tree = treeOf(this.root, readProcessTable());
    return this.init ? tree.filter((pid) => pid !== this.root) : tree;
  }

  /** @throws ExpectedError where we may not look into the container's processes */
  requireReadable(): void {
    if (this.root === null || this.#ended || this.#readable(this.root)) return;
    throw new ExpectedError(
      `the processes of the container belong to another user: which ports they hold, and their memory, can't be read`,
      `run gatebench as root, or ${this.engine} without root`,
    );
  }

  #readable(pid: number): boolean {
    try {
      accessSync(`/proc/${pid}/fd`, constants.R_OK);
      return true;
    } catch {
      // Gone already is another thing than forbidden.
      return !readProcessTable().some((row) => row.pid === pid);
    }
  }

  /** Gracefully, then by force. @returns false where it took force */
  async stop(graceS: number): Promise<boolean> {
    if (this.#ended) return true;
    this.#stopping = true;
    const told = !this.#lost && (await stopContainer(this.engine, this.id, graceS));
    // An engine that does not do as it is told must not leave the gateway running beside the next one.
    if (!told) this.#kill();
    await waitUntil(() => this.#ended !== null || (this.#lost && !this.#lives()), EXIT_TIMEOUT_MS);
    return told && this.exit()?.signal !== 'SIGKILL';
  }

  /** Nothing of it is left after this, unless the engine is gone; `gatebench doctor` finds it then. */
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
    let silent = 0;
    for (;;) {
      await waitForContainer(this.engine, this.id);
      const state = await containerState(this.engine, this.id);
      if (state?.Running === false) return this.#end(exitOf(this.engine, state));
      // Either the client was ended and not the container, or the engine does not answer.
      silent = state === null ? silent + 1 : 0;
      if (silent >= ASK_TIMES || (state === null && this.#stopping)) {
        this.#lost = true;
        throw new ExpectedError(
          `${this.engine} has stopped answering, so that the container can't be watched any more`,
          `this is not the gateway’s doing: see that \`${this.engine} info\` works, and run the cell again with --resume`,
        );
      }
      await sleep(ASK_AGAIN_MS);
    }
  }

  /** SIGKILL from outside, past the engine. */
  #kill(): void {
    if (this.root !== null && this.#lives()) killTree(this.root);
  }

  /** A number that was given to another process since is not ours to kill. */
  #lives(): boolean {
    return this.root !== null && belongsTo(this.root, this.id);
  }

  #end(exit: GatewayExit): GatewayExit {
    this.#ended = exit;
    return exit;
  }
}

/** Whether a process is on this machine and in that container: its control group bears the container's ID. */
function belongsTo(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id);
  } catch {
    return false;
  }
}
