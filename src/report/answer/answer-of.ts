import type { DerivedReport } from '../derived-report.js';
import type { Answer } from './answer.js';
import { capacityAnswer } from './capacity.js';
import { fastest } from './fastest.js';
import { faultsAnswer } from './faults.js';
import { openLoopAnswer } from './open-loop.js';
import { soakSentences } from './soak.js';
import { stagesAnswer } from './stages.js';
import { streamsAnswer } from './streams.js';

/** Who takes the most load, keeps up, loses the fewest requests, or is fastest: whatever the run asked. */
export function answerOf(report: DerivedReport): Answer {
  const { headline, sentences } =
    capacityAnswer(report) ??
    stagesAnswer(report) ??
    faultsAnswer(report) ??
    streamsAnswer(report) ??
    byRateOrLatency(report);
  return { headline, sentences: [...sentences, ...soakSentences(report)] };
}

function byRateOrLatency(report: DerivedReport): Answer {
  return report.run.scenario.load.model === 'open' ? openLoopAnswer(report) : fastest(report);
}
