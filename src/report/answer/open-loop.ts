import type { DerivedCell } from '../../analysis/derive-run.js';
import { isSustained } from '../../analysis/open-loop-gates.js';
import { vuLevels } from '../../analysis/summary.js';
import { formatList, formatMilliseconds, formatRate } from '../../lib/format.js';
import type { DerivedReport } from '../derived-report.js';
import type { Answer } from './answer.js';
import { formatLevels, type RankingWords, ranking } from './ranking.js';
import { contenders, standingAt, titleOf } from './standing.js';

const BY_P99: RankingWords = {
  format: formatMilliseconds,
  figure: (text) => `p99 ${text}`,
  best: 'had the lowest p99',
  bestFigure: (text) => text,
  beside: (_, second) => `against ${formatMilliseconds(second.value)} of ${titleOf(second)}`,
  alone: 'kept up',
  only: (figure, at) => `kept up ${at}: ${figure}`,
  nobody: 'No gateway kept up with the planned rate.',
};

/** Of an open loop, whose rate is given: who kept up with it, and who of them answered soonest. */
export function openLoopAnswer(report: DerivedReport): Answer {
  const standings = vuLevels(report.summaries).map((rate) => standingAt(report, 'p99', rate, keptUp));
  const { headline, sentences } = ranking(report, standings, BY_P99);
  return { headline, sentences: [...sentences, ...behind(report)] };
}

/** Whether as many requests ended as were due, as far as that is known. */
export function keptUp(shown: DerivedCell): boolean {
  return isSustained(shown) !== false;
}

function behind(report: DerivedReport): string[] {
  return contenders(report).flatMap(({ title, levels }) => {
    const late = levels.filter(({ shown }) => shown?.outcome.kind === 'ok' && !keptUp(shown));
    if (late.length === 0) return [];
    const rates = formatList(late.map(({ shown }) => formatRate(shown?.ratePerSec ?? null)));
    const which = formatLevels(
      late.map(({ vus }) => vus),
      'open',
    );
    return [`${title} did not keep up with ${which}: it answered ${rates} a second.`];
  });
}
