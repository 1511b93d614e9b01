import { type ExpectedFrames, FrameReader } from './frame-reader.js';

/** Times of a stream that was right, on the machine's monotonic clock. */
export interface EndedStream {
  writtenUs: number;
  /** The first byte of the response came. */
  headUs: number;
  /** The first frame with text came whole, and the last one. */
  firstUs: number;
  lastUs: number;
  /** Between frames; only the first `frames` - 1 are this stream's. */
  gapsUs: readonly number[];
  frames: number;
}

/** Takes what a watch sees. */
export interface StreamEvents {
  /** So many frames came just now. */
  received(frames: number): void;
  succeeded(stream: EndedStream, endUs: number): void;
  /** A stream that had begun failed. @param matched and strays as a {@link FrameReader} has them */
  failed(matched: number, strays: readonly string[]): void;
}

/** Follows the streams of one VU, one after another: which frames came, and when. */
export class StreamWatch {
  readonly #reader: FrameReader;
  #waiting = false;
  #writtenUs = 0;
  #headUs = 0;
  #firstUs = 0;
  #lastUs = 0;
  /** Of this stream and, behind them, of longer ones before. */
  readonly #gapsUs: number[] = [];
  #frames = 0;
  #longestGapUs = 0;

  constructor(
    expected: ExpectedFrames,
    private readonly events: StreamEvents,
  ) {
    this.#reader = new FrameReader(expected);
  }

  /** When the first frame with text came; 0 where none has. */
  get firstUs(): number {
    return this.#firstUs;
  }

  /** A request was written. */
  begin(writtenUs: number): void {
    this.#reader.begin();
    this.#waiting = true;
    this.#writtenUs = writtenUs;
    this.#headUs = 0;
    this.#firstUs = 0;
    this.#lastUs = 0;
    this.#frames = 0;
    this.#longestGapUs = 0;
  }

  /** Bytes of the response came, of its head perhaps. */
  began(nowUs: number): void {
    if (this.#headUs === 0) this.#headUs = nowUs;
  }

  /** Bytes came; the body so far is bytes[start, end). */
  read(bytes: Buffer, start: number, end: number, nowUs: number): void {
    this.began(nowUs);
    const frames = this.#reader.read(bytes, start, end);
    if (frames === 0) return;
    this.events.received(frames);
    for (let index = 0; index < frames; index += 1) this.#came(nowUs);
  }

  /** The stream is whole and right, and the request accounting has counted it. */
  succeeded(endUs: number): void {
    this.#waiting = false;
    // The end of a stream ends an event too.
    if (this.#frames === 0) this.#came(endUs);
    this.events.succeeded(
      {
        writtenUs: this.#writtenUs,
        headUs: this.#headUs,
        firstUs: this.#firstUs,
        lastUs: this.#lastUs,
        gapsUs: this.#gapsUs,
        frames: this.#frames,
      },
      endUs,
    );
  }

  /**
   * The request failed, and the request accounting has counted it. Frames are missed of a stream alone: an error, a
   * refused connection, or silence has none to lose.
   * @param isStream a whole response came with status 200
   */
  failed(isStream: boolean): void {
    this.#waiting = false;
    if (isStream || this.#reader.count > 0) this.events.failed(this.#reader.matched, this.#reader.strays);
  }

  /** The longest time without a frame, up to now, of the stream in flight; null without one that has begun. */
  openGapUs(nowUs: number): number | null {
    if (!this.#waiting || this.#frames === 0) return null;
    return Math.max(this.#longestGapUs, nowUs - this.#lastUs);
  }

  #came(nowUs: number): void {
    if (this.#frames === 0) this.#firstUs = nowUs;
    else {
      const gapUs = nowUs - this.#lastUs;
      this.#gapsUs[this.#frames - 1] = gapUs;
      if (gapUs > this.#longestGapUs) this.#longestGapUs = gapUs;
    }
    this.#lastUs = nowUs;
    this.#frames += 1;
  }
}
