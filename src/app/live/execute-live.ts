import { rootCertificates } from 'node:tls';
import { newRandom, type Random } from '../../../common/random.js';
import { Budget, mostTokens } from '../../analysis/live/budget.js';
import { type LiveResult, liveResult } from '../../analysis/live/live-results.js';
import { folderStamp } from '../../lib/folder-stamp.js';
import { harnessVersion } from '../../lib/harness-version.js';
import { describeMachine } from '../../lib/machine.js';
import { redactor } from '../../lib/redactor.js';
import { runClock } from '../../lib/run-clock.js';
import type { LiveEnd, LivePair, LiveRecord } from '../../model/live.js';
import { liveReport } from '../../report/live/live-report.js';
import { askPairs } from '../../run/live/ask-pairs.js';
import { LiveClient } from '../../run/live/live-client.js';
import { LiveFolder } from '../../store/live-folder.js';
import type { PresentGateway } from '../footprint/choose.js';
import type { LivePlan } from './plan-live.js';
import { sidesOf } from './questions.js';
import { withGateway } from './with-gateway.js';

/** Takes what happens, as it does. */
export interface LiveEvents {
  onGateway(gateway: PresentGateway): void;
  onPair(pair: LivePair, spent: LiveRecord['spent']): void;
  onEnd(end: LiveEnd): void;
}

export interface LiveOutcome {
  /** Of the run. */
  path: string;
  record: LiveRecord;
  results: LiveResult[];
}

/**
 * Measure gateways before a real endpoint, one after another, and write the report. What was measured is kept and reported
 * when the signal aborts, too.
 * @param parent folder of the run's folder
 */
export async function executeLive(
  plan: LivePlan,
  parent: string,
  events: LiveEvents,
  signal: AbortSignal,
): Promise<LiveOutcome> {
  const { request, price, gateways, access } = plan;
  const redact = redactor(access.key);
  const record = await newRecord(plan);
  const folder = await LiveFolder.create(parent, record);
  const budget = new Budget(request.limits, price, mostTokens(request.question));
  const random = newRandom(request.seed);
  const pairs: LivePair[] = [];
  const onPair = async (pair: LivePair) => {
    pairs.push(pair);
    await folder.appendPair(pair);
    events.onPair(pair, budget.spent());
  };
  for (const gateway of gateways) {
    events.onGateway(gateway);
    const end = await withGateway(
      plan,
      gateway,
      { redact, keepLog: (text) => folder.writeLog(gateway.label, text), signal },
      (running) => measure(plan, gateway, { running, budget, random, redact, onPair, signal }),
    );
    record.ends.push(end);
    record.spent = budget.spent();
    await folder.writeRecord(record);
    events.onEnd(end);
    // The endpoint fails whatever is before it, and a limit is one for all.
    if (end.why !== 'complete' && end.why !== 'gateway-failed') break;
  }
  record.endedAt = runClock.now();
  await folder.writeRecord(record);
  const results = gateways.map(({ label }) =>
    liveResult(
      label,
      pairs.filter((pair) => pair.gateway === label),
    ),
  );
  await folder.writeReport(liveReport(record, results));
  return { path: folder.path, record, results };
}

async function measure(
  { request, address, access, ca, pairs, warmups }: LivePlan,
  { label, gateway }: PresentGateway,
  deps: {
    running: { origin: string; headers: Record<string, string>; gone(): string | null };
    budget: Budget;
    random: Random;
    redact: (text: string) => string;
    onPair: (pair: LivePair) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<LiveEnd> {
  const { running, redact, signal, budget, random, onPair } = deps;
  const { stream, timeoutS } = request.question;
  const trusted = ca === null ? undefined : [...rootCertificates, ...ca.certificates];
  const sides = sidesOf(request.question, { address, access, gateway, running });
  const clientOf = (side: 'direct' | 'through') =>
    new LiveClient(sides[side], { stream, timeoutS, ca: trusted, redact, signal });
  const [direct, through] = [clientOf('direct'), clientOf('through')];
  const { pairsPerSec } = request.limits;
  try {
    return await askPairs(
      { gateway: label, pairs, warmups, pairsPerSec },
      { direct, through, budget, random, gone: running.gone, onPair, now: () => runClock.now(), signal },
    );
  } finally {
    await Promise.all([direct.close(), through.close()]);
  }
}

async function newRecord({ request, address, ca, price, gateways, skipped }: LivePlan): Promise<LiveRecord> {
  const { version, commit } = await harnessVersion();
  const now = new Date(runClock.epochMs());
  return {
    schemaVersion: 1,
    id: `${folderStamp(now)}-live`,
    createdAt: now.toISOString(),
    endedAt: null,
    harness: { version, commit },
    machine: describeMachine(),
    upstream: { url: address.url, model: request.model, keyEnv: request.keyEnv, ownCa: ca !== null },
    question: request.question,
    limits: request.limits,
    price,
    seed: request.seed,
    gateways: gateways.map(({ gateway: { name, variant, title }, version: reported }) => ({
      gateway: name,
      variant,
      title,
      version: reported,
    })),
    skipped,
    ends: [],
    spent: { requests: 0, usd: price === null ? null : 0 },
  };
}
