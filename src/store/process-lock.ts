import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { livenessOf, ownIdentity } from '../lib/process-identity.js';
import { sleep } from '../lib/sleep.js';

/** What a process says of itself while it holds a lock. */
const Holder = z.strictObject({
  pid: z.number().int().positive(),
  startTicks: z.number().int().min(0),
  bootId: z.string(),
  pidNamespace: z.string(),
  hostname: z.string(),
  /** For people: `bench, results/2026-05-04T10-00-00Z-published`. */
  what: z.string(),
});

export interface LockHolder extends z.infer<typeof Holder> {
  /** Its lock file. */
  file: string;
  /** It is on another machine or in another container, so that nobody can tell here whether it still runs. */
  elsewhere: boolean;
}

export interface ProcessLock {
  /** Others that hold it too: empty unless it was taken all the same. */
  others: LockHolder[];
  /** Give it back. Called by itself when the process exits. */
  release(): void;
}

const PREFIX = '.lock-';
const TRIES = 4;

/**
 * A lock that ends with its process, however that ends. Each process puts a file of its own into the folder and then
 * looks for those of others, so that there is no file that two could take over at once. Two that come in the same
 * moment see each other, step back, and try again.
 * @param folder exists
 * @param shared take it beside others
 * @returns the lock, or who holds it
 * @throws the file system's error where the folder can't be written to
 */
export async function takeLock(
  folder: string,
  what: string,
  { shared = false }: { shared?: boolean } = {},
): Promise<ProcessLock | { heldBy: LockHolder }> {
  for (let left = TRIES; ; left--) {
    const file = join(folder, `${PREFIX}${process.pid}-${randomUUID().slice(0, 8)}.json`);
    writeFileSync(file, JSON.stringify({ ...ownIdentity(), what }), { flag: 'wx' });
    const others = holders(folder, file);
    const [heldBy] = others;
    if (shared || heldBy === undefined) return held(file, others);
    rmSync(file, { force: true });
    if (left <= 1) return { heldBy };
    await sleep(20 + Math.random() * 80);
  }
}

function held(file: string, others: LockHolder[]): ProcessLock {
  const release = () => {
    process.removeListener('exit', release);
    rmSync(file, { force: true });
  };
  process.once('exit', release);
  return { others, release };
}

/** Who holds the lock besides us. Files of processes that have ended are removed. */
function holders(folder: string, ownFile: string): LockHolder[] {
  const own = ownIdentity();
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    if (!name.startsWith(PREFIX) || file === ownFile) return [];
    const holder = readHolder(file);
    if (holder === null) return [];
    const liveness = livenessOf(holder, own);
    if (liveness !== 'ended') return [{ ...holder, file, elsewhere: liveness === 'unknown' }];
    try {
      rmSync(file, { force: true });
    } catch {
      // It is another user's. It holds nothing all the same.
    }
    return [];
  });
}

/** Null where it has just been given back, or was cut off: whoever writes one looks for others after that. */
function readHolder(file: string): z.infer<typeof Holder> | null {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
