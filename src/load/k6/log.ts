import { z } from 'zod';
import { ExpectedError } from '../../lib/errors.js';
import { FailureClass } from '../../model/load.js';
import type { LoadStage } from '../engine.js';

/** The script's lines for us begin with this. */
const MARK = 'gatebench ';

const Count = z.number().int().nonnegative();
const Kind = z.enum(['ok', 'firstByte', 'failed', 'raw', 'okEnd', 'failedEnd']);
type Latencies = Record<z.infer<typeof Kind>, number[]>;

const Account = z.object({
  /** The window's end on the host's clock, and its length. */
  endMs: z.number(),
  windowMs: z.number(),
  /** Milliseconds from the window's start to the first request, or to the rest of a VU that is one too many; null where there was none. */
  firstMs: z.number().nullable(),
  sent: Count,
  ok: Count,
  /** Older scripts did not tell. */
  warmUp: z.object({ sent: Count, ok: Count }).nullable().default(null),
  inFlightAtEnd: Count,
  inFlightMs: z.number(),
  failed: z.partialRecord(FailureClass, Count),
  codes: z.record(z.string(), Count),
  examples: z.partialRecord(FailureClass, z.object({ status: z.number(), detail: z.string() })),
});

/** What `remote-programs/k6/load.js` logs. */
const Line = z.union([
  z.object({ vu: Count, kind: Kind, us: z.array(Count) }),
  z.object({ vu: Count, account: Account }),
  z.object({ unreachable: z.string() }),
  z.object({ lateMs: z.number() }),
  z.object({ startedAtMs: z.number() }),
  z.object({ bytesReceived: Count }),
  z.object({
    stages: z.array(z.object({ durationMs: z.number().positive(), from: z.number(), to: z.number() })),
    warmupMs: z.number(),
  }),
]);
type Line = z.infer<typeof Line>;

/**
 * The requests of one VU. Latencies are microseconds, one for each response; `okEnd` and `failedEnd`, of a load with stages, are
 * when these responses ended, since the window's start.
 */
export type VuAccount = z.infer<typeof Account> & { latenciesUs: Latencies };

/** A window whose level changes. */
export interface StagedWindow {
  stages: readonly LoadStage[];
  /** Whole seconds before the window, as seconds are counted from the load's begin. */
  warmupS: number;
}

/** The log of one k6, line by line. */
export class K6Log {
  readonly #latencies = new Map<number, Latencies>();
  readonly #accounts = new Map<number, VuAccount>();
  #refusal: { unreachable: string } | { lateMs: number } | null = null;
  #bytesReceived: number | null = null;
  #staged: StagedWindow | undefined;
  #lastLine = '';

  /** @throws ExpectedError for a marked line that the script can't have written */
  add(text: string): void {
    const line = scriptLine(text);
    if (line === null) {
      if (text.trim() !== '') this.#lastLine = text.trim();
    } else if ('kind' in line) {
      const latencies = this.#latenciesOf(line.vu)[line.kind];
      for (const us of line.us) latencies.push(us);
    } else if ('account' in line) {
      this.#accounts.set(line.vu, { ...line.account, latenciesUs: this.#latenciesOf(line.vu) });
    } else if ('bytesReceived' in line) {
      this.#bytesReceived = line.bytesReceived;
    } else if ('stages' in line) {
      const stages = line.stages.map(({ durationMs, from, to }) => ({ durationS: durationMs / 1000, from, to }));
      this.#staged = { stages, warmupS: line.warmupMs / 1000 };
    } else if (!('startedAtMs' in line)) {
      this.#refusal = line;
    }
  }

  /** One for each VU that handed over. */
  get vus(): VuAccount[] {
    return [...this.#accounts.values()];
  }

  /** Why the script would not begin; null where it did. */
  get refusal(): { unreachable: string } | { lateMs: number } | null {
    return this.#refusal;
  }

  /** In the window; null where k6 made no summary. */
  get bytesReceived(): number | null {
    return this.#bytesReceived;
  }

  /** Of a load that has any, as its script says. */
  get staged(): StagedWindow | undefined {
    return this.#staged;
  }

  /** The last line of k6's own. */
  get lastLine(): string {
    return this.#lastLine;
  }

  #latenciesOf(vu: number): Latencies {
    const latencies = this.#latencies.get(vu) ?? {
      ok: [],
      firstByte: [],
      failed: [],
      raw: [],
      okEnd: [],
      failedEnd: [],
    };
    this.#latencies.set(vu, latencies);
    return latencies;
  }
}

/** When k6 had made its VUs and began, milliseconds since the epoch; null where the log doesn't say so yet. */
export function startedAtMs(log: string): number | null {
  // The last line may still be being written.
  for (const text of log.split('\n').slice(0, -1)) {
    const line = text.includes('"startedAtMs"') ? scriptLine(text) : null;
    if (line !== null && 'startedAtMs' in line) return line.startedAtMs;
  }
  return null;
}

function scriptLine(text: string): Line | null {
  if (!text.startsWith(MARK)) return null;
  try {
    return Line.parse(JSON.parse(text.slice(MARK.length)));
  } catch {
    throw new ExpectedError(
      `k6 wrote a line that its script can't have written: ${text.slice(MARK.length).slice(0, 200)}`,
    );
  }
}
