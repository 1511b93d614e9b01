import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { readProcess } from '../lib/process-table.js';

/** A process of a gateway, as far as workers are told from other processes. */
export interface MemberProcess {
  pid: number;
  parentPid: number;
  /** Path of the program; null where it can't be read. */
  program: string | null;
}

/** A gateway that has replaced this many dead workers while it wasn't ready won't get ready. */
const MAX_DEATHS = 5;
/** How long the others may take to get ready once a worker is gone for good. */
const GONE_GRACE_MS = 1_000;
const MAX_LINE_LENGTH = 300;

/** nginx and Kong: `worker process 71 exited with fatal code 2 and cannot be respawned`. */
const GONE = /\bworker\b.*\b(?:can ?not|can't|will not|won't) be (?:respawned|restarted)\b/i;
/** As nginx, HAProxy, Apache, gunicorn and uvicorn report them. Code 0 is a helper that has done its work. */
const DEATH =
  /\b(?:worker|child)\b.*\b(?:exited|died|ended|terminated|crashed|killed|exit signal|exit code|failed to boot)\b/i;
const DONE = /\b(?:code|status):? 0\b/i;
const ERROR = /\b(?:crit|emerg|alert|error|fatal|panic|denied|failed|unable|cannot)\b|(?:Error|Exception)\b/i;

/** A shell forks for every command, and its helpers come and go. */
const SHELL = /^(?:sh|dash|bash|ash|busybox|zsh|ksh)$/;

/**
 * Finds out that the workers of a gateway keep dying while it isn't ready: from its process tree, where a dead worker
 * is replaced again and again, and from its log, since a worker may be gone before anybody sees it.
 */
export class WorkerDeaths {
  readonly #living = new Map<number, MemberProcess>();
  /** Dead workers that were not replaced yet, by their parent. */
  readonly #unreplaced = new Map<number, number>();
  #replaced = 0;
  #goneAtMs: number | null = null;

  /** @param members the gateway's living processes */
  observe(members: readonly MemberProcess[]): void {
    const workers = workersAmong(members);
    const pids = new Set(members.map(({ pid }) => pid));
    for (const [pid, worker] of this.#living) {
      if (pids.has(pid)) continue;
      this.#living.delete(pid);
      this.#unreplaced.set(worker.parentPid, (this.#unreplaced.get(worker.parentPid) ?? 0) + 1);
    }
    for (const worker of workers) {
      if (this.#living.has(worker.pid)) continue;
      this.#living.set(worker.pid, worker);
      const dead = this.#unreplaced.get(worker.parentPid) ?? 0;
      if (dead === 0) continue;
      this.#unreplaced.set(worker.parentPid, dead - 1);
      this.#replaced += 1;
    }
  }

  /**
   * Why the gateway won't get ready; null while it may.
   * @param log its last lines
   */
  verdict(log: readonly string[], nowMs: number): string | null {
    const deaths = log.filter(isDeath);
    const gone = deaths.some((line) => GONE.test(line));
    if (gone) this.#goneAtMs ??= nowMs;
    const forGood = this.#goneAtMs !== null && nowMs - this.#goneAtMs >= GONE_GRACE_MS;
    const count = Math.max(deaths.length, this.#replaced);
    if (!forGood && count < MAX_DEATHS) return null;
    const line = tellingLine(log);
    const what = forGood ? 'a worker died at its start and is not replaced' : `its workers keep dying, ${count} so far`;
    return line === null ? what : `${what}: ${line}`;
  }
}

/** Workers run the same program as their parent, unlike the commands that a start script runs. */
function workersAmong(members: readonly MemberProcess[]): MemberProcess[] {
  const programs = new Map(members.map(({ pid, program }) => [pid, program]));
  return members.filter(
    ({ parentPid, program }) =>
      program !== null && programs.get(parentPid) === program && !SHELL.test(basename(program)),
  );
}

function isDeath(line: string): boolean {
  return DEATH.test(line) && !DONE.test(line);
}

/** The last line that may say why: an error that isn't the report of a death, or else that report. */
function tellingLine(log: readonly string[]): string | null {
  const line = log.findLast((each) => ERROR.test(each) && !isDeath(each)) ?? log.findLast(isDeath) ?? log.at(-1);
  return line?.trim().slice(0, MAX_LINE_LENGTH) || null;
}

/** Look at processes; those that end meanwhile are left out. */
export function readMembers(pids: readonly number[]): MemberProcess[] {
  return pids.flatMap((pid) => {
    const row = readProcess(pid);
    return row === null ? [] : [{ pid, parentPid: row.parentPid, program: programOf(pid) }];
  });
}

function programOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return null;
  }
}
