import { join } from 'node:path';
import { type Child, startChild } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { cleanEnvironment } from '../../lib/process-environment.js';
import { runClock } from '../../lib/run-clock.js';
import type { ToolProgram } from '../../store/tool-program.js';

/** How a program is run to its end. */
export interface ProgramRun {
  program: ToolProgram;
  args: string[];
  environment?: Record<string, string>;
  /** Name of its log below the session's folder. */
  log: string;
  /** Seconds after which it is told to end, where it can't be told at its start. */
  endAfterS?: number;
  /** Seconds after which it counts as hanging. */
  longestS: number;
  /** Called as soon as it runs. */
  onStarted?: (child: Child) => void;
  /** How to ask it to end where an interrupt alone is not the way. */
  askToEnd?: (interrupt: () => void) => void;
}

const LOG_LINES = 1_000;

/**
 * The processes of one load, one after the other, and what is told to them from outside. Each leads a session of its
 * own, so that Ctrl-C in the terminal is for the harness alone.
 */
export class LoadSession {
  #child: Child | null = null;
  #askToEnd: ProgramRun['askToEnd'];
  #stopped = false;
  #killed = false;
  #phase: { phase: 'warmup' | 'window'; beganMs: number } | null = null;

  /**
   * @param folder for everything that belongs to this load
   * @param repeatMs between two requests to end: some programs don't hear the first one; null to ask once only
   */
  constructor(
    readonly folder: string,
    private readonly repeatMs: number | null,
    private readonly onWindow: (epochMs: number) => void,
  ) {}

  get stopped(): boolean {
    return this.#stopped;
  }

  pids(): number[] {
    return this.#child?.exit() === null ? this.#child.pids() : [];
  }

  /** Where the load is now, for people to watch; null before it began. */
  position(): { phase: 'warmup' | 'window'; atS: number } | null {
    if (this.#phase === null) return null;
    return { phase: this.#phase.phase, atS: Math.max(0, runClock.epochMs() - this.#phase.beganMs) / 1000 };
  }

  /** @param epochMs when it began, by the run's clock */
  entered(phase: 'warmup' | 'window', epochMs: number): void {
    this.#phase = { phase, beganMs: epochMs };
    if (phase === 'window') this.onWindow(epochMs);
  }

  /**
   * Run a program until it ends by itself, is told to, or hangs.
   * @returns the lines that it printed
   * @throws ExpectedError where it hangs or the session was killed
   */
  async run(run: ProgramRun): Promise<ProgramEnd> {
    const { program, args, environment, log, endAfterS, longestS, onStarted } = run;
    this.#throwIfKilled();
    const child = await startChild({
      command: program.path,
      args,
      cwd: this.folder,
      environment: cleanEnvironment(this.folder, { ...program.environment, ...environment }),
      logFile: join(this.folder, log),
    });
    this.#child = child;
    this.#askToEnd = run.askToEnd;
    if (this.#killed) await endNow(child);
    if (this.#stopped) this.#end(child);
    onStarted?.(child);
    let hung = false;
    const timers = [
      setTimeout(() => {
        hung = true;
        void endNow(child);
      }, longestS * 1000),
      ...(endAfterS === undefined ? [] : [setTimeout(() => this.#interrupt(child), endAfterS * 1000)]),
    ];
    const exit = await child.exited;
    for (const timer of timers) clearTimeout(timer);
    await endNow(child);
    this.#throwIfKilled();
    const lines = await child.logTail(LOG_LINES);
    if (hung) {
      throw new ExpectedError(
        `${program.path} was still running after ${Math.round(longestS)} s${lastWords(lines)}`,
        'try again, or use another --engine',
      );
    }
    return { ...exit, lines };
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#child) this.#end(this.#child);
  }

  async kill(): Promise<void> {
    this.#killed = true;
    if (this.#child) await endNow(this.#child);
  }

  #end(child: Child): void {
    if (this.#askToEnd) this.#askToEnd(() => this.#interrupt(child));
    else this.#interrupt(child);
  }

  #interrupt(child: Child): void {
    if (child.exit() !== null) return;
    try {
      process.kill(child.pid, 'SIGINT');
    } catch {
      // It has just ended.
    }
    if (this.repeatMs !== null) setTimeout(() => this.#interrupt(child), this.repeatMs).unref();
  }

  #throwIfKilled(): void {
    if (this.#killed) throw new ExpectedError('the load was ended before its window did');
  }
}

/** How a program ended, and the last of what it printed. */
export interface ProgramEnd {
  exitCode: number | null;
  signal: string | null;
  lines: string[];
}

/** `: the last line`, or nothing. */
export function lastWords(lines: readonly string[]): string {
  const last = lines.findLast((line) => line.trim() !== '');
  return last === undefined ? '' : `: ${last.trim().slice(0, 300)}`;
}

async function endNow(child: Child): Promise<void> {
  await child.stop({ signal: 'SIGKILL', graceMs: 0 });
}
