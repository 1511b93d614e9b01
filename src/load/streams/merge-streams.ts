import { decodeHistogram, newHistogram } from '../../../common/histogram.js';
import type { StreamFrames, StreamResult } from '../../model/load.js';
import { latencySummary } from '../latency-summary.js';
import { sum } from '../sums.js';
import type { WorkerStreams } from './stream-accounting.js';

/** The streams of all workers as one: histograms are added, counts summed. */
export function mergeStreams(parts: readonly WorkerStreams[]): StreamResult {
  const merged = (pick: (part: WorkerStreams) => string) => {
    const total = newHistogram();
    for (const part of parts) total.add(decodeHistogram(pick(part)));
    return latencySummary(total);
  };
  const open = parts.flatMap(({ openGapUs }) => openGapUs ?? []);
  const frames = parts.flatMap((part) => part.frames ?? []);
  const total = (pick: (part: StreamFrames) => number) => sum(frames.map(pick));
  return {
    framesReceived: sum(parts.map(({ framesReceived }) => framesReceived)),
    headUs: merged((part) => part.headHistogram),
    gapUs: merged((part) => part.gapHistogram),
    spanUs: merged((part) => part.spanHistogram),
    tailUs: merged((part) => part.tailHistogram),
    openGapUs: open.length === 0 ? null : Math.max(...open),
    frames:
      frames.length < parts.length
        ? null
        : {
            expected: total((part) => part.expected),
            lost: total((part) => part.lost),
            joined: total((part) => part.joined),
            reordered: total((part) => part.reordered),
            surplus: total((part) => part.surplus),
          },
  };
}
