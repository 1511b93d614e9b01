import { stripVTControlCharacters } from 'node:util';
import { formatCount, formatShare } from '../lib/format.js';
import type { Requests } from '../model/load.js';
import type { CellRecord, Outcome } from '../model/record.js';
import { failuresOf } from './failures.js';

/**
 * What a reader must know about a cell: why it has no number, or none to trust, and which requests failed.
 * @returns one sentence each; empty if the cell is ok and no request failed
 */
export function remarksOn(record: CellRecord): string[] {
  const outcome = outcomeSentence(record.outcome);
  return [...(outcome === null ? [] : [outcome]), ...failuresSentence(record), ...endedSentence(record)];
}

/** A master that replaces a worker keeps its gateway up, so that nothing but a few failures shows it. */
function endedSentence({ resources: { gateway } }: CellRecord): string[] {
  const ended = gateway?.processesEnded ?? 0;
  if (ended === 0) return [];
  return [`${formatCount(ended)} of its processes ended in the window, and the gateway went on.`];
}

function outcomeSentence(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'ok':
      return null;
    case 'skipped':
      return sentence(`skipped: ${oneLine(outcome.reason)}${aside(outcome.hint)}`);
    case 'invalid':
      return sentence(`invalid: ${outcome.reasons.join('; ')}`);
    case 'crashed':
      return sentence(
        `crashed ${formatCrashTime(outcome)} (${exitOf(outcome)}): ${oneLine(outcome.reason)}`,
        lastLine(outcome.logTail),
      );
    case 'failed':
      return sentence(
        `failed at ${outcome.stage}: ${oneLine(outcome.error)}${aside(outcome.hint)}`,
        lastLine(outcome.logTail),
      );
    default:
      return outcome satisfies never;
  }
}

/** In brackets: a hint is often a command, and a full stop must not look like part of it. */
function aside(hint: string | undefined): string {
  return hint === undefined || hint.trim() === '' ? '' : ` (${oneLine(hint).replace(/\.$/, '')})`;
}

/** `12.3 s into the window`. */
export function formatCrashTime({ phase, atS }: Extract<Outcome, { kind: 'crashed' }>): string {
  return phase === 'recovery' ? 'after the load had ended' : `${Number(atS.toFixed(1))} s into the ${phase}`;
}

function exitOf({ exitCode, signal }: { exitCode: number | null; signal: string | null }): string {
  if (signal !== null) return `signal ${signal}`;
  return exitCode === null ? 'exit code unknown' : `exit code ${exitCode}`;
}

/** The last line with text, without control characters. */
function lastLine(logTail: readonly string[]): string | undefined {
  const line = logTail.map(oneLine).findLast((text) => text !== '');
  return line === undefined ? undefined : `Last line of its log: "${line}"`;
}

/** Foreign text made safe to print: no control characters, single spaces, at most 300 characters. */
export function oneLine(text: string): string {
  const cleaned = stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return cleaned.length > 300 ? `${cleaned.slice(0, 299)}…` : cleaned;
}

function failuresSentence({ requests, outcome }: CellRecord): string[] {
  if (requests === null || outcome.kind === 'skipped') return [];
  const { count, completed, share: failed, breakdown } = failuresOf(requests);
  return [
    ...(count === 0 || failed === null
      ? []
      : [`${formatCount(count)} of ${formatCount(completed)} requests failed (${formatShare(failed)}): ${breakdown}.`]),
    ...retryAfterSentence(requests),
    ...reopenedSentence(requests),
  ];
}

function retryAfterSentence({ retryAfter }: Requests): string[] {
  if (retryAfter === undefined) return [];
  const { responses, minS, maxS } = retryAfter;
  const seconds = minS === maxS ? `${minS} s` : `${minS} to ${maxS} s`;
  const when = minS === null || maxS === null ? 'a time that could not be read' : seconds;
  return [
    `${formatCount(responses)} failed responses asked for another try after ${when} (Retry-After), which the load does not obey.`,
  ];
}

function reopenedSentence({ reopened = 0 }: Requests): string[] {
  if (reopened === 0) return [];
  return [
    `${formatCount(reopened)} requests were sent again on a new connection, since the gateway had closed theirs while it was idle.`,
  ];
}

/** Join parts into sentences, each with one full stop. */
function sentence(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part.trim() !== '')
    .map((part) => `${(part ?? '').trim().replace(/[.\s]+$/, '')}.`)
    .join(' ');
}
