import { execa } from 'execa';
import type { ToolProgram } from '../../store/tool-program.js';

const HELP_TIMEOUT_MS = 10_000;
/** py-spy takes whole samples a second. */
const MIN_RATE_HZ = 1;

/**
 * The arguments of `py-spy record`. Tried on LiteLLM under 50 VUs, with four idle threads in a pool: 74 % of the
 * samples were of those threads, and 1 % with `--gil`, which counts none of an idle asyncio program either.
 * `--nonblocking` tears stacks apart (one sample in three failed), so it isn't used. Without `--native`, a garbage
 * collection of the oldest generation (a quarter of all samples) stood at whichever line had just allocated.
 */
export async function recordArguments(
  program: ToolProgram,
  { pid, file, rateHz, durationS }: { pid: number; file: string; rateHz: number; durationS: number },
): Promise<{ args: string[]; native: boolean; seconds: number }> {
  const native = await knowsNative(program);
  const seconds = Math.max(1, Math.round(durationS));
  const args = [
    ...['record', '--format', 'raw', '--output', file, '--pid', String(pid)],
    ...['--rate', String(Math.max(MIN_RATE_HZ, Math.round(rateHz)))],
    ...['--duration', String(seconds)],
    // A function is one frame, whichever of its lines ran; and its package stands in its path only.
    ...['--subprocesses', '--function', '--full-filenames', '--gil'],
    ...(native ? ['--native'] : []),
  ];
  return { args, native, seconds };
}

/** Unwinding native stacks is compiled in for some processors only. */
async function knowsNative(program: ToolProgram): Promise<boolean> {
  const { stdout } = await execa(program.path, ['record', '--help'], {
    reject: false,
    timeout: HELP_TIMEOUT_MS,
    env: program.environment,
  });
  return /--native\b/.test(stdout);
}

/** What it says while it records. */
export interface RecordLog {
  /** True as soon as it samples. */
  samples: boolean;
  /** Samples that it could not take; null until it tells. */
  errors: number | null;
  /** Its warnings, as sentences. */
  caveats: string[];
}

/** Read the log of `py-spy record`, as far as it goes. */
export function readRecordLog(text: string): RecordLog {
  const [, errors] = /Samples: \d+ Errors: (\d+)/.exec(text) ?? [];
  const behind = text.match(/[\d.]+m?s behind in sampling/g) ?? [];
  return {
    samples: /Sampling process/.test(text),
    errors: errors === undefined ? null : Number(errors),
    caveats:
      behind.length === 0
        ? []
        : [
            `py-spy could not keep its rate: it fell behind ${behind.length} times, and samples are fewer than they should be.`,
          ],
  };
}
