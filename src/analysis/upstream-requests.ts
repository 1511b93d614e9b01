import { formatCount, formatSignificant } from '../lib/format.js';
import type { WholeLoad } from '../model/load.js';
import type { GateResult, UpstreamServed } from '../model/record.js';
import type { Expectations } from './expectations.js';
import { unknownGate } from './gate.js';
import { THRESHOLDS } from './thresholds.js';

export const UPSTREAM_REQUESTS_GATE = 'upstream requests';

/**
 * What the load got, compared with what the upstream served, over the whole load, warm-up included:
 *
 *     successes of the load <= responses of the upstream        else some came from a cache, or several from one
 *     requests of the upstream <= requests of the load          else the gateway retried
 *
 * Both are exact. A request that was in flight when the load began or ended is on the larger side of either.
 * @param load null where its engine lost count
 * @param upstream null where the upstream could not be read
 * @param expects retries are a result where the upstream fails by design; refused requests need not reach it
 * @returns with the amplification as value: the upstream's requests over the load's
 */
export function upstreamRequestsGate(
  load: WholeLoad | null,
  upstream: UpstreamServed | null,
  expects: Expectations = { faults: false, refusal: false },
): GateResult {
  if (upstream === null) return unknown("the mock's counts could not be read before and after the load");
  if (load === null) return unknown('the load was cut off before its engine had counted its requests');
  const { ok, sentAtMost } = load;
  const value = sentAtMost === 0 ? null : upstream.requests / sentAtMost;
  if (expects.refusal) return refusalGate(sentAtMost, upstream);
  if (upstream.requests === 0 && sentAtMost > 0) {
    const message = `none of ${formatCount(sentAtMost)} requests reached the upstream: answered from a cache, or by the gateway itself`;
    return { gate: UPSTREAM_REQUESTS_GATE, verdict: 'invalid', value, message };
  }
  if (ok > upstream.completions) {
    return {
      gate: UPSTREAM_REQUESTS_GATE,
      verdict: 'invalid',
      value,
      message:
        `${formatCount(ok)} responses were right, and the upstream sent ${formatCount(upstream.completions)}: ` +
        'the others were answered from a cache or by coalescing, or were responses that nobody asked for',
    };
  }
  const figures = `the upstream got ${formatCount(upstream.requests)} requests for ${formatCount(sentAtMost)}`;
  if (value === null || value <= 1 + THRESHOLDS.upstreamRequests.passExtraShare) {
    return { gate: UPSTREAM_REQUESTS_GATE, verdict: 'pass', value, message: figures };
  }
  const times = `${formatSignificant(value, 3)} upstream requests for each`;
  if (expects.faults) {
    return { gate: UPSTREAM_REQUESTS_GATE, verdict: 'pass', value, message: `${figures}, which failed: ${times}` };
  }
  const message = `${figures}: the gateway retried, ${times}`;
  return { gate: UPSTREAM_REQUESTS_GATE, verdict: 'warn', value, message };
}

/** Of requests with a wrong key, the upstream must answer none. */
function refusalGate(sent: number, { requests, completions }: UpstreamServed): GateResult {
  const value = sent === 0 ? null : requests / sent;
  const message =
    completions > 0
      ? `the upstream answered ${formatCount(completions)} requests that had a wrong key`
      : requests === 0
        ? `the gateway itself refused all of ${formatCount(sent)} requests`
        : `${formatCount(requests)} of ${formatCount(sent)} requests were refused by the upstream`;
  return { gate: UPSTREAM_REQUESTS_GATE, verdict: completions > 0 ? 'invalid' : 'pass', value, message };
}

function unknown(message: string): GateResult {
  return unknownGate(UPSTREAM_REQUESTS_GATE, message);
}
