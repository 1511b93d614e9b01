import { createInterface } from 'node:readline';
import { ExpectedError } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import { shellProgram } from '../../remote/remote-program.js';
import type { RemoteShell } from '../../remote/remote-shell.js';

/** How far another host's clock is ahead of ours. */
export interface ClockOffset {
  offsetMs: number;
  /** The true offset is within this of it, to either side. */
  uncertaintyMs: number;
}

const ROUNDS = 12;
/** Our own clock, read in whole milliseconds, is that much ahead of its reading at most. */
const RESOLUTION_MS = 1;
const TIMEOUT_MS = 15_000;

/**
 * Cristian's algorithm (Distributed Computing 3, 1989): the host's reading was taken somewhere between asking and
 * hearing, so half the round trip bounds the error. The shortest of several round trips counts.
 * @throws ExpectedError where the host can't be reached, or its `date` has no nanoseconds
 */
export async function clockOffset(
  shell: RemoteShell,
  now: () => number = () => runClock.epochMs(),
): Promise<ClockOffset> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const command = await shell.start(shellProgram('clock.sh'), signal);
  const lines = createInterface({ input: command.stdout })[Symbol.asyncIterator]();
  const ended = command.ended().catch(() => ({ exitCode: -1, stderr: `no response in ${TIMEOUT_MS / 1000} s` }));
  let best: ClockOffset | null = null;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const askedMs = now();
      command.stdin.write('\n');
      const reading = await lines.next();
      const heardMs = now();
      if (reading.done) break;
      if (!/^\d{19}$/.test(reading.value)) {
        throw new ExpectedError(
          `the clock of ${shell.label} can't be read: date +%s%N says "${reading.value}"`,
          'install GNU coreutils there',
        );
      }
      const uncertaintyMs = (heardMs + RESOLUTION_MS - askedMs) / 2;
      if (best === null || uncertaintyMs < best.uncertaintyMs) {
        best = {
          offsetMs: Number(BigInt(reading.value) / 1000n) / 1000 - (askedMs + heardMs + RESOLUTION_MS) / 2,
          uncertaintyMs,
        };
      }
    }
  } finally {
    command.stdin.end();
  }
  const { stderr } = await ended;
  if (best !== null) return best;
  throw new ExpectedError(
    `the clock of ${shell.label} can't be read: ${stderr.trim() || 'the connection ended'}`,
    'check that the host is up and that ssh can log in',
  );
}
