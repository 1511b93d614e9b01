import { encodeHistogram, newHistogram, recordUs } from '../../../common/histogram.js';
import type { StreamFrames } from '../../model/load.js';
import type { RequestAccounting } from '../accounting.js';
import { frameDifferences } from './frame-differences.js';
import { ExpectedFrames } from './frame-reader.js';
import { type EndedStream, type StreamEvents, StreamWatch } from './stream-watch.js';

/** One worker's counts of the window; histograms are encoded. */
export interface WorkerStreams {
  framesReceived: number;
  headHistogram: string;
  gapHistogram: string;
  spanHistogram: string;
  tailHistogram: string;
  openGapUs: number | null;
  frames: StreamFrames | null;
}

/** The streams of one worker: it tells what came in the window by the request accounting, so that both have the same one. */
export class StreamAccounting implements StreamEvents {
  readonly #expected: ExpectedFrames;
  readonly #watches: StreamWatch[] = [];
  readonly #frames: StreamFrames = { expected: 0, lost: 0, joined: 0, reordered: 0, surplus: 0 };
  readonly #head = newHistogram();
  readonly #gap = newHistogram();
  readonly #span = newHistogram();
  readonly #tail = newHistogram();
  #received = 0;
  #openGapUs: number | null = null;

  /** @param texts of the frames that the upstream sends; null where they aren't known */
  constructor(
    texts: readonly string[] | null,
    private readonly requests: Pick<RequestAccounting, 'inWindow'>,
  ) {
    this.#expected = new ExpectedFrames(texts);
  }

  /** A watch for one VU's streams, one after another. */
  newWatch(): StreamWatch {
    const watch = new StreamWatch(this.#expected, this);
    this.#watches.push(watch);
    return watch;
  }

  received(frames: number): void {
    if (this.requests.inWindow) this.#received += frames;
  }

  succeeded({ writtenUs, headUs, firstUs, lastUs, gapsUs, frames }: EndedStream, endUs: number): void {
    if (!this.requests.inWindow) return;
    recordUs(this.#head, headUs - writtenUs);
    recordUs(this.#span, lastUs - firstUs);
    recordUs(this.#tail, endUs - lastUs);
    for (let index = 0; index < frames - 1; index += 1) recordUs(this.#gap, gapsUs[index] ?? 0);
    this.#frames.expected += this.#expected.texts?.length ?? 0;
  }

  failed(matched: number, strays: readonly string[]): void {
    const { texts } = this.#expected;
    if (!this.requests.inWindow || texts === null) return;
    const differences = frameDifferences([...texts.slice(0, matched), ...strays], texts);
    this.#frames.expected += texts.length;
    this.#frames.lost += differences.lost;
    this.#frames.joined += differences.joined;
    this.#frames.reordered += differences.reordered;
    this.#frames.surplus += differences.surplus;
  }

  /** The window ends: a stream that stalls has no gap to record, and would be forgotten. */
  close(atUs: number): void {
    for (const watch of this.#watches) {
      const gapUs = watch.openGapUs(atUs);
      if (gapUs !== null) this.#openGapUs = Math.max(this.#openGapUs ?? 0, gapUs);
    }
  }

  report(): WorkerStreams {
    return {
      framesReceived: this.#received,
      headHistogram: encodeHistogram(this.#head),
      gapHistogram: encodeHistogram(this.#gap),
      spanHistogram: encodeHistogram(this.#span),
      tailHistogram: encodeHistogram(this.#tail),
      openGapUs: this.#openGapUs,
      frames: this.#expected.texts === null ? null : this.#frames,
    };
  }
}
