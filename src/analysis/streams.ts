import { cumulativeCounts } from '../../common/histogram.js';
import type { Latency, StreamFrames } from '../model/load.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import type { DerivedCell } from './derive-run.js';
import { failuresOf } from './failures.js';
import { histogramOf } from './level-intervals.js';
import type { GatewaySummary, LevelSummary } from './summary.js';
import { THRESHOLDS } from './thresholds.js';
import { type Pacing, pacingOf } from './upstream-answer.js';

/**
 * Where an answer's time went, on average over the right ones, in microseconds. The four parts add up to the mean latency,
 * but for what histograms round.
 */
export interface StreamParts {
  /** From the request to the first byte of the response. */
  head: number;
  /** From there to the first frame. */
  firstFrame: number;
  /** From the first frame to the last. */
  frames: number;
  /** From the last frame to the end. */
  end: number;
}

/** What a cell's streams were like. Null is unknown. */
export interface StreamFigures {
  framesReceived: number;
  frames: StreamFrames | null;
  /** Frames that came with the one before, though the upstream paced them: null where it didn't. */
  merged: number | null;
  /** Answers of which all frames came at once, though the upstream paced them: null where it didn't. */
  buffered: number | null;
  /** Of right answers and of those in flight at the window's end. */
  longestGapUs: number | null;
  /** CPU time of the gateway's process tree in the window over the frames that came in it. */
  cpuUsPerFrame: number | null;
  partsUs: StreamParts | null;
}

/** What a gateway adds to the direct cell of the same VUs and repeat, in microseconds; below 0 where it was faster. */
export interface AddedToStreams {
  firstFrameP50: number;
  firstFrameP99: number;
  gapP50: number;
  gapP99: number;
  parts: StreamParts;
}

/** Null for a cell without streams, and for one whose engine doesn't see frames. */
export function streamFigures(record: CellRecord, { frames, paceUs }: Pacing): StreamFigures | null {
  const { stream, resources, window } = record;
  if (stream === null) return null;
  const { mergedPaceShare, bufferedUs, minPacedSpans } = THRESHOLDS.streams;
  // An upstream whose text isn't known has a pace of its own.
  const isKnown = stream.frames !== null;
  const isSpread = isKnown && ((frames ?? 2) - 1) * paceUs >= minPacedSpans * bufferedUs;
  const mergedGaps = !isKnown || paceUs === 0 ? null : countUpTo(stream.gapUs, mergedPaceShare * paceUs);
  const cpuPercent = resources.gateway?.cpuPercentMean ?? null;
  return {
    framesReceived: stream.framesReceived,
    frames: stream.frames,
    merged: mergedGaps === null ? null : mergedGaps + (stream.frames?.joined ?? 0),
    buffered: isSpread ? countUpTo(stream.spanUs, bufferedUs) : null,
    longestGapUs: longestGapUs(record),
    cpuUsPerFrame:
      cpuPercent === null || window === null || stream.framesReceived === 0
        ? null
        : ((cpuPercent / 100) * window.measuredS * 1e6) / stream.framesReceived,
    partsUs: partsOf(record),
  };
}

function longestGapUs({ stream }: CellRecord): number | null {
  const longest = [stream?.gapUs?.max, stream?.openGapUs].filter((us) => us != null);
  return longest.length === 0 ? null : Math.max(...longest);
}

/** Values up to a bound, that included; null without a histogram to count in. */
function countUpTo(latency: Latency | null, boundUs: number): number | null {
  if (latency === null) return 0;
  const histogram = histogramOf(latency);
  if (histogram === null) return null;
  const { valuesUs, upTo } = cumulativeCounts(histogram);
  return upTo[valuesUs.findLastIndex((us) => us <= boundUs)] ?? 0;
}

function partsOf({ stream, firstByteUs }: CellRecord): StreamParts | null {
  if (stream?.headUs == null || stream.spanUs === null || stream.tailUs === null || firstByteUs === null) return null;
  return {
    head: stream.headUs.mean,
    firstFrame: firstByteUs.mean - stream.headUs.mean,
    frames: stream.spanUs.mean,
    end: stream.tailUs.mean,
  };
}

/** Null for direct itself, and wherever its latency is not subtracted either. */
function addedToStreams(record: DerivedCell, direct: DerivedCell | undefined): AddedToStreams | null {
  if (record.overheadUs === null || direct === undefined) return null;
  const [ours, theirs] = [timesOf(record), timesOf(direct)];
  if (ours === null || theirs === null) return null;
  return {
    firstFrameP50: ours.first.p50 - theirs.first.p50,
    firstFrameP99: ours.first.p99 - theirs.first.p99,
    gapP50: ours.gap.p50 - theirs.gap.p50,
    gapP99: ours.gap.p99 - theirs.gap.p99,
    parts: {
      head: ours.parts.head - theirs.parts.head,
      firstFrame: ours.parts.firstFrame - theirs.parts.firstFrame,
      frames: ours.parts.frames - theirs.parts.frames,
      end: ours.parts.end - theirs.parts.end,
    },
  };
}

function timesOf(record: DerivedCell) {
  const [first, gap, parts] = [record.firstByteUs, record.stream?.gapUs ?? null, partsOf(record)];
  return first === null || gap === null || parts === null ? null : { first, gap, parts };
}

/** Why a level does not sustain its streams. */
export type StreamLimit =
  | { kind: 'lost'; frames: number }
  | { kind: 'gap'; longestUs: number }
  | { kind: 'errors'; share: number }
  | { kind: 'crashed' }
  /** No cell of the level was measured to its end, or its frames could not be seen or compared. */
  | { kind: 'unknown' };

/** The most VUs at which a gateway passed on every frame in time. */
export interface SustainedStreams {
  /** Every level up to it sustained its streams, in all repeats; null where not even the lowest did. */
  vus: number | null;
  /** The lowest level that did not, and why; null where all did. */
  failed: { vus: number; limits: StreamLimit[] } | null;
  /** Every level that counts has a cell that can be trusted; without one, those that can't be count. */
  trusted: boolean;
}

/** One gateway's VU level. */
export interface StreamLevel {
  vus: number;
  /** As the summary's. */
  shown: DerivedCell;
  figures: StreamFigures;
  added: AddedToStreams | null;
}

export interface GatewayStreams {
  summary: GatewaySummary;
  levels: StreamLevel[];
  /** Null where the upstream doesn't pace its frames: no gap is too long then. */
  sustained: SustainedStreams | null;
}

/** The streams of a run, by gateway, in the plan's order; those without any are left out. */
export function gatewayStreams(
  { scenario }: Pick<Run, 'scenario'>,
  summaries: readonly GatewaySummary[],
): GatewayStreams[] {
  const pacing = pacingOf(scenario);
  const direct = summaries.filter(({ info }) => info?.kind === 'direct').flatMap(({ levels }) => levels);
  return summaries.flatMap((summary) => {
    const levels = summary.levels.flatMap((level) => streamLevel(level, direct, pacing));
    if (levels.length === 0) return [];
    return [{ summary, levels, sustained: pacing.paceUs === 0 ? null : sustainedStreams(summary.levels, pacing) }];
  });
}

function streamLevel({ vus, shown }: LevelSummary, direct: readonly LevelSummary[], pacing: Pacing): StreamLevel[] {
  const figures = shown === null ? null : streamFigures(shown, pacing);
  if (shown === null || figures === null) return [];
  const beside = direct
    .filter((level) => level.vus === vus)
    .flatMap(({ records }) => records)
    .find(({ cell }) => cell.repeat === shown.cell.repeat);
  return [{ vus, shown, figures, added: addedToStreams(shown, beside) }];
}

/** @param levels ascending by VUs */
function sustainedStreams(levels: readonly LevelSummary[], pacing: Pacing): SustainedStreams {
  let vus: number | null = null;
  let trusted = true;
  for (const { vus: levelVus, records } of levels) {
    const measured = records.filter(({ stream }) => stream !== null && stream.frames !== null);
    const ok = measured.filter(({ outcome }) => outcome.kind === 'ok');
    trusted &&= ok.length > 0;
    const crashed = records.some(({ outcome }) => outcome.kind === 'crashed');
    const limits: StreamLimit[] = crashed ? [{ kind: 'crashed' }] : limitsOf(ok.length > 0 ? ok : measured, pacing);
    if (limits.length > 0) return { vus, failed: { vus: levelVus, limits }, trusted: trusted || crashed };
    vus = levelVus;
  }
  return { vus, failed: null, trusted };
}

/** Of all repeats together: one that fails is one too many. */
function limitsOf(records: readonly DerivedCell[], pacing: Pacing): StreamLimit[] {
  if (records.length === 0) return [{ kind: 'unknown' }];
  const { lateGapPaces, maxFailedShare } = THRESHOLDS.streams;
  const lost = records.reduce((sum, { stream }) => sum + (stream?.frames?.lost ?? 0), 0);
  const longestUs = Math.max(0, ...records.flatMap((record) => longestGapUs(record) ?? []));
  const share = Math.max(...records.map(({ requests }) => (requests === null ? 0 : (failuresOf(requests).share ?? 0))));
  return [
    ...(lost > 0 ? [{ kind: 'lost' as const, frames: lost }] : []),
    ...(longestUs > lateGapPaces * pacing.paceUs ? [{ kind: 'gap' as const, longestUs }] : []),
    ...(share >= maxFailedShare ? [{ kind: 'errors' as const, share }] : []),
  ];
}
