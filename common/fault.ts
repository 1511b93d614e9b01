import { parseNonNegativeDuration } from './duration.js';

/** Statuses that an upstream may fail with: those that the mock has a reason phrase for. */
const ERROR_STATUSES = [
  400, 401, 403, 404, 405, 408, 409, 413, 417, 422, 429, 431, 500, 501, 502, 503, 504, 505, 529,
] as const;
type ErrorStatus = (typeof ERROR_STATUSES)[number];

/** Something that goes wrong with one answer. */
export type Fault =
  /** An error instead of the answer, and when to try again; null where it doesn't say. */
  | { kind: 'error'; status: ErrorStatus; retryAfterMs: number | null }
  /** The answer, so much later. */
  | { kind: 'slow'; delayMs: number }
  | { kind: PlainFault };

const PLAIN_FAULTS = ['stalled', 'stalled-mid', 'reset', 'reset-mid', 'cut', 'truncated', 'malformed'] as const;
type PlainFault = (typeof PLAIN_FAULTS)[number];

/** Which requests have it. */
export type FaultWhen =
  /** Chosen at random: a share from 0 to 1. */
  | { kind: 'share'; share: number }
  | { kind: 'first'; count: number }
  /** Each n-th. */
  | { kind: 'every'; count: number };

export interface FaultRule {
  fault: Fault;
  when: FaultWhen;
  /** Since the mock started, or since the last `POST /__stats/reset`. */
  fromMs: number;
  untilMs: number;
}

type Parsed<T> = { ok: true; value: T } | { ok: false; why: string };

const DEFAULT_SLOW_MS = 5000;
const DEFAULT_RETRY_AFTER_MS = 1000;

const RULE = /^([a-z0-9-]+(?:\([^()]*\))?)(?::([^@]*))?(?:@(.*))?$/;

/**
 * Parse `FAULT[:WHEN][@FROM..UNTIL]`: `429(2s):0.1`, `503@30s..60s`, `reset-mid:every=100`.
 */
export function parseFaultRule(text: string): Parsed<FaultRule> {
  const match = RULE.exec(text.trim());
  if (!match) return refuse('faults look like 429(2s):0.1, reset-mid:every=100 or 503@30s..60s');
  const [, faultText = '', whenText, windowText] = match;
  const fault = parseFault(faultText);
  if (!fault.ok) return fault;
  const when = parseWhen(whenText);
  if (!when.ok) return when;
  const window = parseWindow(windowText);
  if (!window.ok) return window;
  return { ok: true, value: { fault: fault.value, when: when.value, ...window.value } };
}

/** Parse what goes wrong: `429`, `429(2s)`, `500`, `slow(3s)`, `stalled`, `reset-mid`. */
export function parseFault(text: string): Parsed<Fault> {
  const [, name = '', argument] = /^([a-z0-9-]+)(?:\(([^()]*)\))?$/.exec(text) ?? [];
  const duration = argument === undefined ? null : milliseconds(argument);
  if (duration !== null && typeof duration !== 'number') return duration;
  if (name === 'slow') return { ok: true, value: { kind: 'slow', delayMs: duration ?? DEFAULT_SLOW_MS } };
  const status = ERROR_STATUSES.find((known) => String(known) === name);
  if (status !== undefined) {
    const retryAfterMs = duration ?? (status === 429 ? DEFAULT_RETRY_AFTER_MS : null);
    return { ok: true, value: { kind: 'error', status, retryAfterMs } };
  }
  const kind = PLAIN_FAULTS.find((plain) => plain === name);
  if (!kind) {
    return refuse(
      `there is no fault "${name}": there are 400 to 529 as far as they are in use, slow, ${PLAIN_FAULTS.join(', ')}`,
    );
  }
  return duration === null ? { ok: true, value: { kind } } : refuse(`${kind} takes no time`);
}

/** Why the shares of rules of one time are too large; null where they aren't. */
export function sharesProblem(rules: readonly FaultRule[]): string | null {
  // Rules of different times have the same shares to draw from, each in its time.
  const always = rules.filter(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY);
  const shares = always.reduce((sum, { when }) => sum + (when.kind === 'share' ? when.share : 0), 0);
  // Ten times 0.1 are a little more than 1.
  return shares > 1 + 1e-9 ? `the shares of all faults add up to ${shares}: they are 1 at most` : null;
}

function parseWhen(text: string | undefined): Parsed<FaultWhen> {
  if (text === undefined) return { ok: true, value: { kind: 'share', share: 1 } };
  const counted = /^(first|every)=(\d{1,9})$/.exec(text);
  if (counted) {
    const count = Number(counted[2]);
    if (count === 0) return refuse(`${counted[1]}=0 is no request at all`);
    return { ok: true, value: { kind: counted[1] === 'first' ? 'first' : 'every', count } };
  }
  const share = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  return share >= 0 && share <= 1
    ? { ok: true, value: { kind: 'share', share } }
    : refuse(`"${text}" doesn't say which requests: a share from 0 to 1, first=N or every=N`);
}

function parseWindow(text: string | undefined): Parsed<{ fromMs: number; untilMs: number }> {
  if (text === undefined) return { ok: true, value: { fromMs: 0, untilMs: Number.POSITIVE_INFINITY } };
  const [from = '', until = '', ...rest] = text.split('..');
  const fromMs = from === '' ? 0 : milliseconds(from);
  if (typeof fromMs !== 'number') return fromMs;
  const untilMs = until === '' ? Number.POSITIVE_INFINITY : milliseconds(until);
  if (typeof untilMs !== 'number') return untilMs;
  if (rest.length > 0 || untilMs <= fromMs) return refuse(`"${text}" is no time to fail in: it looks like 30s..60s`);
  return { ok: true, value: { fromMs, untilMs } };
}

function milliseconds(text: string): number | { ok: false; why: string } {
  const parsed = parseNonNegativeDuration(text);
  return parsed.ok ? Number(parsed.ns) / 1e6 : refuse(`"${text}": ${parsed.why}; durations look like 2s or 500ms`);
}

function refuse(why: string): { ok: false; why: string } {
  return { ok: false, why };
}
