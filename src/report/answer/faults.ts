import { expectationsOf } from '../../analysis/expectations.js';
import { failuresOf } from '../../analysis/failures.js';
import { type FaultEffects, faultEffects } from '../../analysis/fault-effects.js';
import { vuLevels } from '../../analysis/summary.js';
import { formatCount, formatDecimal, formatList, formatMilliseconds, formatShare } from '../../lib/format.js';
import type { DerivedReport } from '../derived-report.js';
import type { Answer } from './answer.js';
import { atLevels } from './ranking.js';
import { contenders } from './standing.js';

/** A gateway whose upstream failed. */
interface Hit {
  title: string;
  effects: FaultEffects;
  /** Of the client's requests in the window, those that failed, 0 to 1; and how many requests they were from the first timed fault on. */
  failedShare: number | null;
  lost: number;
  p99Us: number | null;
}

/**
 * Where the upstream fails by design: whose clients saw the least of it. Rates say little there, since VUs wait after a failure.
 * @returns null in other scenarios
 */
export function faultsAnswer(report: DerivedReport): Answer | null {
  const { scenario } = report.run;
  const { load } = scenario;
  if (!expectationsOf(scenario).faults) return null;
  const level = vuLevels(contenders(report)).at(-1) ?? 0;
  const hits = contenders(report).flatMap((summary) => hitAt(summary, level, report));
  if (hits.length === 0) return { headline: 'No gateway has a window that can be trusted.', sentences: [] };
  const at = atLevels([level], load.model);
  const isTimed = hits.some(({ effects }) => effects.recoveries.length > 0);
  return isTimed ? lostAnswer(hits, at) : failedAnswer(hits, at);
}

function hitAt(
  { title, levels }: DerivedReport['summaries'][number],
  level: number,
  { run: { scenario } }: DerivedReport,
): Hit[] {
  const shown = levels.find(({ vus }) => vus === level)?.shown;
  if (shown?.outcome.kind !== 'ok' || shown.requests === null) return [];
  const effects = faultEffects(shown, scenario);
  if (effects === null) return [];
  return [
    {
      title,
      effects,
      failedShare: failuresOf(shown.requests).share,
      lost: effects.recoveries.reduce((sum, recovery) => sum + recovery.lost, 0),
      p99Us: shown.latencyUs?.p99 ?? null,
    },
  ];
}

/** Of faults that begin or end within the window. */
function lostAnswer(hits: readonly Hit[], at: string): Answer {
  const unhurt = hits.filter(({ lost }) => lost === 0);
  const hurt = hits.filter(({ lost }) => lost > 0).sort((a, b) => a.lost - b.lost);
  const headline =
    unhurt.length === 0
      ? `${hits.length === 1 ? '' : 'Every gateway lost requests to the fault: '}${formatList(hurt.map(lostText))} ${at}.`
      : `${formatList(unhurt.map(({ title }) => title))} lost no request to the fault ${at}.`;
  return {
    headline,
    sentences: [
      ...(unhurt.length === 0 || hurt.length === 0 ? [] : [`${formatList(hurt.map(lostText))}.`]),
      ...goodAgain(hits),
    ],
  };
}

function lostText({ title, lost }: Hit): string {
  return `${title} lost ${formatCount(lost)} ${lost === 1 ? 'request' : 'requests'}`;
}

function goodAgain(hits: readonly Hit[]): string[] {
  return hits.flatMap(({ title, effects: { recoveries } }) => {
    const [first] = recoveries;
    if (first === undefined) return [];
    const { goodAgainS, p50BeforeUs, p50MeanwhileUs } = first;
    const again =
      goodAgainS === null
        ? 'not good again before its end'
        : goodAgainS === 0
          ? 'good throughout'
          : `good again after ${formatDecimal(goodAgainS, 0)} s`;
    const p50 =
      p50BeforeUs === null || p50MeanwhileUs === null
        ? ''
        : `, p50 ${formatMilliseconds(p50MeanwhileUs)} meanwhile and ${formatMilliseconds(p50BeforeUs)} before`;
    return [`${title}: ${again}${p50}.`];
  });
}

/** Of faults at a rate, all the time. */
function failedAnswer(hits: readonly Hit[], at: string): Answer {
  const [best, ...rest] = hits.toSorted((a, b) => (a.failedShare ?? 1) - (b.failedShare ?? 1));
  if (best === undefined) return { headline: '', sentences: [] };
  const injected = best.effects.injectedShare;
  const of = injected === null ? '' : `, where ${formatShare(injected)} of its upstream’s answers were faults`;
  const most = rest.length === 0 ? `${best.title} failed` : `${best.title} failed the smallest share of requests`;
  return {
    headline: `${most} ${at}: ${formatShare(best.failedShare ?? 0)}${of}.`,
    sentences: [
      ...(rest.length === 0
        ? []
        : [`${formatList(rest.map(({ title, failedShare }) => `${title} failed ${formatShare(failedShare ?? 0)}`))}.`]),
      ...hits.flatMap(({ title, effects: { upstreamPerRequest }, p99Us }) =>
        upstreamPerRequest === null || upstreamPerRequest < RETRIES_FROM
          ? []
          : [
              `${title} tried again: ${formatDecimal(upstreamPerRequest, 3)} upstream requests for each request of a client${p99Us === null ? '' : `, p99 ${formatMilliseconds(p99Us)}`}.`,
            ],
      ),
    ],
  };
}

/** Less is what is in flight at the window's ends. */
const RETRIES_FROM = 1.005;
