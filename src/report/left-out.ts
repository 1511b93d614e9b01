import { oneLine } from '../analysis/format-outcome.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { formatList, formatVus } from '../lib/format.js';
import type { Outcome } from '../model/record.js';

/** Characters of a reason in a subtitle; the whole of it is under the throughput table. */
const REASON_LENGTH = 60;

/** Which cells a chart has a gap for, and why: `Left out: Bifrost at 300 and 500 VUs (crashed: …).` Empty for none. */
export function formatLeftOut(summaries: readonly GatewaySummary[]): string {
  const groups = summaries.flatMap((summary) => {
    const byReason = new Map<string, string[]>();
    for (const { vus, shown } of summary.levels) {
      const reason = shown === null ? 'not measured yet' : reasonOf(shown.outcome);
      if (reason !== null) byReason.set(reason, [...(byReason.get(reason) ?? []), String(vus)]);
    }
    return [...byReason].map(([reason, vus]) =>
      vus.length === summary.levels.length
        ? `${summary.title} (${reason})`
        : `${summary.title} at ${formatVus(formatList(vus))} (${reason})`,
    );
  });
  return groups.length === 0 ? '' : `Left out: ${groups.join('; ')}.`;
}

function reasonOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'ok':
      return null;
    case 'skipped':
      return `skipped: ${short(outcome.reason)}`;
    case 'invalid':
      return `invalid: ${short(outcome.reasons[0] ?? '')}`;
    case 'crashed':
      return `crashed: ${short(outcome.reason)}`;
    case 'failed':
      return `failed at ${outcome.stage}: ${short(outcome.error)}`;
    default:
      return outcome satisfies never;
  }
}

function short(text: string): string {
  const clean = oneLine(text).replace(/\.$/, '');
  return clean.length <= REASON_LENGTH ? clean : `${clean.slice(0, REASON_LENGTH - 1).trimEnd()}…`;
}
