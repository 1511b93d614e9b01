import type { LiveEvents } from '../../app/live/execute-live.js';
import type { LivePlan } from '../../app/live/plan-live.js';
import { formatDuration } from '../../lib/duration.js';
import { formatCount, formatMilliseconds } from '../../lib/format.js';
import type { LiveCall } from '../../model/live.js';
import { formatUsd } from '../../report/live/format-usd.js';
import { errorColours, writeStatus } from '../output.js';

/** A line for every so many seconds is enough to see that it goes on. */
const LINE_EVERY_MS = 10_000;

/** What will be sent, where, how often, and what it can cost. */
export function livePlanText({ request, address, gateways, skipped, pairs, warmups, mostUsd, ca }: LivePlan): string {
  const { limits, model, keyEnv, question } = request;
  const seconds = (pairs * gateways.length) / limits.pairsPerSec;
  const cost =
    mostUsd === null
      ? 'unknown: no price of this model is known, so only --max-requests limits it'
      : `at most ${formatUsd(mostUsd)}${limits.maxUsd === null ? '' : ` (--max-usd ${limits.maxUsd})`}`;
  return [
    errorColours.bold(`To ${address.url}, and nowhere else`),
    `  model     ${model}, key from ${keyEnv}${ca === null ? '' : `, certificates from ${ca.path}`}`,
    `  request   ${JSON.stringify(question.prompt)}, at most ${question.maxTokens} tokens, ${question.stream ? 'as a stream' : 'not streamed'}`,
    `  gateways  ${gateways.map(({ label, version }) => `${label} ${version}`).join(', ')}`,
    ...skipped.map(({ label, reason }) => `  ${errorColours.yellow('left out')}  ${label}: ${reason}`),
    `  requests  at most ${formatCount(limits.maxRequests)}: ${pairs} pairs for each gateway, the first ${warmups} uncounted, ${limits.pairsPerSec} a second: about ${formatDuration(seconds)}`,
    `  cost      ${cost}`,
    '  Retries that a gateway makes without telling come on top.',
    ...(address.isTls ? [] : [`  ${errorColours.yellow('plain HTTP')}: whoever is on the way can read the key`]),
  ].join('\n');
}

/** A line when a gateway begins and ends, and now and then between. */
export function liveProgress({ request, pairs }: LivePlan): LiveEvents {
  const { maxRequests, maxUsd, pairsPerSec } = request.limits;
  let lastLineMs = 0;
  let failed = 0;
  return {
    onGateway({ label }) {
      failed = 0;
      lastLineMs = performance.now();
      writeStatus(`${label}: starting`);
    },
    onPair({ gateway, index, direct, through }, spent) {
      const isFailed = direct.error !== null || through.error !== null;
      if (isFailed) failed += 1;
      const isDue = performance.now() - lastLineMs >= LINE_EVERY_MS;
      if (!isDue && index > 0 && index < pairs - 1 && !(isFailed && failed === 1)) return;
      lastLineMs = performance.now();
      const left = formatDuration(Math.round((pairs - index - 1) / pairsPerSec));
      const usd =
        spent.usd === null ? '' : `, ${formatUsd(spent.usd)}${maxUsd === null ? '' : ` of ${formatUsd(maxUsd)}`}`;
      writeStatus(
        `${gateway}: pair ${index + 1} of ${pairs}, direct ${outcome(direct)}, through ${outcome(through)}; ${failed} failed; ${spent.requests} of ${formatCount(maxRequests)} requests${usd}; about ${left} left`,
      );
    },
    onEnd({ gateway, why, message }) {
      const text = message === null ? why : `${why}: ${message}`;
      writeStatus(`${gateway}: ${why === 'complete' ? text : errorColours.yellow(text)}`);
    },
  };
}

function outcome({ totalUs, error }: LiveCall): string {
  return totalUs === null ? errorColours.red(error ?? 'failed') : formatMilliseconds(totalUs);
}
