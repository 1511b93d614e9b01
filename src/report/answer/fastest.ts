import { vuLevels } from '../../analysis/summary.js';
import { formatDecimal, formatRate } from '../../lib/format.js';
import type { DerivedReport } from '../derived-report.js';
import type { Answer } from './answer.js';
import { type RankingWords, ranking } from './ranking.js';
import { standingAt, titleOf } from './standing.js';

const BY_RATE: RankingWords = {
  format: formatRate,
  figure: (text) => `${text} requests per second`,
  best: 'had the highest rate',
  bestFigure: (text) => `${text} requests per second`,
  beside: (first, second) => `${asMany(first.value / second.value)} as ${titleOf(second)}`,
  alone: 'has a rate to trust',
  only: (figure, at) => `answered ${figure} ${at}`,
  nobody: 'No gateway has a rate that can be trusted.',
};

/** Of a closed loop: who is fastest, by how much and how surely. */
export function fastest(report: DerivedReport): Answer {
  const standings = vuLevels(report.summaries).map((vus) => standingAt(report, 'rate', vus));
  return ranking(report, standings, BY_RATE);
}

/** Less is a difference that two digits don't show. */
const DIFFERS_FROM = 1.005;

/** `2.00 times as many`, `about as many`. */
export function asMany(ratio: number): string {
  return ratio < DIFFERS_FROM ? 'about as many' : `${formatDecimal(ratio, ratio < 10 ? 2 : 1)} times as many`;
}
