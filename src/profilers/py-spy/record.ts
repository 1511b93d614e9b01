import { execa } from 'execa';
import type { ToolProgram } from '../../store/tool-program.js';

const HELP_TIMEOUT_MS = 10_000;
/** py-spy's rate is a whole number. */
const MIN_RATE_HZ = 1;

/**
 * The arguments of `py-spy record`, measured on LiteLLM under 50 VUs with four idle pool threads. Those threads had 74 %
 * of the samples, and 1 % with `--gil`, which also takes no samples of an idle asyncio program. `--nonblocking` isn't
 * used: a third of the samples failed, with torn stacks. Without `--native`, collections of the oldest generation (a
 * quarter of all samples) counted for whichever line had just allocated.
 */
export async function recordArguments(
  program: ToolProgram,
  { pid, file, rateHz, durationS }: { pid: number; file: string; rateHz: number; durationS: number },
): Promise<{ args: string[]; native: boolean; seconds: number }> {
  const native = await supportsNative(program);
  const seconds = Math.max(1, Math.round(durationS));
  const args = [
    ...['record', '--format', 'raw', '--output', file, '--pid', String(pid)],
    ...['--rate', String(Math.max(MIN_RATE_HZ, Math.round(rateHz)))],
    ...['--duration', String(seconds)],
    // One frame per function instead of per line. Only full paths contain the package.
    ...['--subprocesses', '--function', '--full-filenames', '--gil'],
    ...(native ? ['--native'] : []),
  ];
  return { args, native, seconds };
}

/** py-spy can unwind native stacks only on some architectures. */
async function supportsNative(program: ToolProgram): Promise<boolean> {
  const { stdout } = await execa(program.path, ['record', '--help'], {
    reject: false,
    timeout: HELP_TIMEOUT_MS,
    env: program.environment,
  });
  return /--native\b/.test(stdout);
}

/** What py-spy logs while it records. */
export interface RecordLog {
  /** Whether it has started sampling. */
  samples: boolean;
  /** Failed samples; null until it reports them. */
  errors: number | null;
  /** Its warnings, in sentences. */
  caveats: string[];
}

/** Parses the log of `py-spy record`, complete or not. */
export function readRecordLog(text: string): RecordLog {
  const [, errors] = /Samples: \d+ Errors: (\d+)/.exec(text) ?? [];
  const behind = text.match(/[\d.]+m?s behind in sampling/g) ?? [];
  return {
    samples: /Sampling process/.test(text),
    errors: errors === undefined ? null : Number(errors),
    caveats:
      behind.length === 0 ? [] : [`py-spy fell behind its sampling rate ${behind.length} times: samples are missing.`],
  };
}
