import { formatDuration } from '../../lib/duration.js';
import { ExpectedError } from '../../lib/errors.js';
import type { Check } from '../doctor/check.js';

/** What a run asks of the machine before it begins. */
export interface FitnessRequest {
  /** Refuse a machine that isn't fit. */
  requireFit: boolean;
  /** Wait this long until it is quiet; null to begin at once. */
  waitForQuietS: number | null;
}

export interface FitnessContext {
  /** Watches the machine for some seconds. @throws the signal's reason if it aborts */
  check(signal: AbortSignal): Promise<Check[]>;
  status(text: string): void;
  signal: AbortSignal;
}

/** Between two lines that say what is waited for. */
const STATUS_EVERY_MS = 10_000;

/**
 * Say whether this machine is fit to measure, after waiting until it is quiet if that was asked for.
 * @throws ExpectedError if it doesn't get quiet in time, or isn't fit and has to be
 */
export async function requireFit(request: FitnessRequest, context: FitnessContext): Promise<void> {
  const checks = await quietChecks(request.waitForQuietS, context);
  const unfit = checks.filter(({ verdict }) => verdict === 'fail');
  if (unfit.length > 0 && request.requireFit) {
    throw new ExpectedError(`this machine is not fit to measure: ${formatChecks(unfit)}`, hintOf(unfit));
  }
  context.status(fitnessText(checks));
}

async function quietChecks(waitS: number | null, { check, status, signal }: FitnessContext): Promise<Check[]> {
  const startedMs = performance.now();
  let toldMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const checks = await check(signal);
    const restless = checks.filter(isRestless);
    if (waitS === null || restless.length === 0) return checks;
    const nowMs = performance.now();
    const leftS = waitS - (nowMs - startedMs) / 1000;
    if (leftS <= 0) {
      throw new ExpectedError(
        `the machine did not get quiet within ${formatDuration(waitS)}: ${formatChecks(restless)}`,
        hintOf(restless),
      );
    }
    if (nowMs - toldMs >= STATUS_EVERY_MS) {
      status(
        `waiting until the machine is quiet, for ${formatDuration(Math.ceil(leftS))} at most: ${formatChecks(restless)}`,
      );
      toldMs = nowMs;
    }
  }
}

/** What other programs and other machines do, and will end some time: waiting doesn't add CPUs. */
const PASSING = ['other programs', 'steal time', 'CPU throttling', 'wake-ups'];

/** Other programs have to be quiet enough for no cell to get a warning. */
function isRestless({ subject, verdict }: Check): boolean {
  return PASSING.includes(subject) && (verdict === 'fail' || (subject === 'other programs' && verdict === 'warn'));
}

/** For the first lines of a run: one line if there is nothing to say. */
function fitnessText(checks: readonly Check[]): string {
  const findings = checks.filter(({ verdict }) => verdict !== 'ok');
  if (findings.length === 0) return 'machine: quiet and fit to measure';
  const fit = findings.every(({ verdict }) => verdict !== 'fail');
  const lines = findings.map(({ subject, verdict, message }) => `  ${verdict}  ${subject}: ${message}`);
  return [`machine: ${fit ? 'fit to measure, but' : 'not fit to measure, so cells may be invalid'}`, ...lines].join(
    '\n',
  );
}

function formatChecks(checks: readonly Check[]): string {
  return checks.map(({ subject, message }) => `${subject}: ${message}`).join('; ');
}

function hintOf(checks: readonly Check[]): string {
  return checks.find(({ hint }) => hint !== undefined)?.hint ?? 'see `gatebench doctor --fitness`';
}
