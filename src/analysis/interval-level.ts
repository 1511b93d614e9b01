import type { Run } from '../model/run.js';
import { LEVEL } from './statistics/interval.js';
import { nominalLevel, sequentialP } from './statistics/sequential.js';
import { THRESHOLDS } from './thresholds.js';

/**
 * The level of each interval of a run. One that goes on until it is known looks at its intervals after each repeat: theirs is
 * higher, so that all of them together cover with 95 %.
 */
export function intervalLevel({ until }: Pick<Run, 'until'>): number {
  return until === null ? LEVEL : nominalLevel(LEVEL, THRESHOLDS.intervals.minRepeats, until.maxRepeats);
}

/** What a test's p is worth: more where it could have been looked at after each repeat. */
export function pOverAllLooks(p: number, { until }: Pick<Run, 'until'>): number {
  return until === null ? p : sequentialP(p, THRESHOLDS.intervals.minRepeats, until.maxRepeats);
}
