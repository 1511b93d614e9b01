import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proseOf } from '../../../common/tokens.js';
import { type StreamFigures, streamFigures } from '../../../src/analysis/streams.js';
import type { Pacing } from '../../../src/analysis/upstream-answer.js';
import type { LoadResult, StreamResult } from '../../../src/model/load.js';
import { type StartedMock, startMock } from '../../mock-upstream/started-mock.js';
import { recordOf } from '../../support/record-builder.js';
import { loadsOf, WORKER_ENGINES } from '../workers/harness.js';
import { type BadHabit, HESITATION_MS, startBadProxy } from './bad-proxy.js';

const FRAMES = 12;
const PACE_MS = 15;
const PACING: Pacing = { frames: FRAMES, paceUs: PACE_MS * 1000 };

let mock: StartedMock;
beforeAll(async () => {
  mock = await startMock(
    '--contract=full',
    `--output-tokens=${FRAMES}`,
    `--stream-chunk-delay-ms=${PACE_MS}`,
    '--latency=5ms',
  );
});
afterAll(() => mock.stop());

// The proxy is known, so what is measured of it is known: the engines must say it. They share what looks at frames, so one
// of them goes through all of it.
describe.each(WORKER_ENGINES)('%s engine: streams through a proxy that', (name, make) => {
  const inFull: (title: string, test: () => Promise<void>) => void = name === 'native' ? it : () => undefined;
  const { runLoad } = loadsOf(make);

  /** What is measured of a proxy with this habit. */
  async function measured(habit: BadHabit) {
    const proxy = await startBadProxy(mock.origin, habit);
    try {
      const result = await runLoad({
        origin: proxy.origin,
        body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
        stream: true,
        texts: proseOf(FRAMES),
        vus: 3,
        warmupS: 0.2,
        durationS: 0.9,
      });
      return { result, stream: streamOf(result), figures: figuresOf(result) };
    } finally {
      proxy.close();
    }
  }

  it('passes on what comes: every frame is one, and the time is between them', async () => {
    const { result, stream, figures } = await measured('none');
    expect(result.requests.failed).toEqual({});
    const { ok } = result.requests;
    expect(stream.frames).toEqual({ expected: ok * FRAMES, lost: 0, joined: 0, reordered: 0, surplus: 0 });
    expect(stream.gapUs?.count).toBe(ok * (FRAMES - 1));
    // Streams in flight at the start and at the end bring a part of theirs.
    expect(Math.abs(stream.framesReceived - ok * FRAMES)).toBeLessThanOrEqual(3 * FRAMES);
    expect(figures.merged).toBeLessThan((ok * FRAMES) / 2);
    expect(figures.buffered).toBeLessThan(ok / 2);
    const { head, firstFrame, frames, end } = figures.partsUs ?? NO_PARTS;
    expect(frames).toBeGreaterThan(head + firstFrame + end);
    expect(Math.abs(head + firstFrame + frames + end - (result.latencyUs?.mean ?? 0))).toBeLessThan(50);
    // No upstream writes sooner than it was told to.
    expect(stream.gapUs?.mean).toBeGreaterThan(PACE_MS * 1000 * 0.9);
  });

  inFull('buffers to the end: every answer is buffered, and the time is before its head', async () => {
    const { result, figures } = await measured('buffers');
    expect(result.requests.failed).toEqual({});
    // One or two may be read in two pieces, with a stall between.
    expect(figures.buffered).toBeGreaterThan(result.requests.ok * 0.8);
    expect(figures.merged).toBeGreaterThan(result.requests.ok * (FRAMES - 1) * 0.8);
    const { head, firstFrame, frames, end } = figures.partsUs ?? NO_PARTS;
    expect(head).toBeGreaterThan(firstFrame + frames + end);
  });

  it('drops a frame: each answer fails for it, and one frame of each is lost', async () => {
    const { result, stream } = await measured('drops');
    const { bad_body: failed = 0 } = result.requests.failed;
    expect(failed).toBeGreaterThan(0);
    expect(result.requests.ok).toBe(0);
    expect(stream.frames).toEqual({ expected: failed * FRAMES, lost: failed, joined: 0, reordered: 0, surplus: 0 });
    expect(stream.gapUs).toBeNull();
    // The number alone would be the same whichever of them it were.
    expect(result.failureExamples).toEqual([expect.stringContaining(`frame 5 of ${FRAMES} with text is missing`)]);
  });

  // As many frames come as were sent: who counts them alone sees nothing.
  it('sends a frame in place of another: each answer fails, with one frame lost and one too many', async () => {
    const { result, stream } = await measured('replaces');
    const { bad_body: failed = 0 } = result.requests.failed;
    expect(failed).toBeGreaterThan(0);
    expect(result.requests.ok).toBe(0);
    expect(stream.frames).toEqual({
      expected: failed * FRAMES,
      lost: failed,
      joined: 0,
      reordered: 0,
      surplus: failed,
    });
  });

  inFull('swaps two frames: one of each answer is in another place', async () => {
    const { result, stream } = await measured('swaps');
    const { bad_body: failed = 0 } = result.requests.failed;
    expect(failed).toBeGreaterThan(0);
    expect(stream.frames).toEqual({ expected: failed * FRAMES, lost: 0, joined: 0, reordered: failed, surplus: 0 });
  });

  inFull('puts two frames into one', async () => {
    const { result, stream, figures } = await measured('joins');
    const { bad_body: failed = 0 } = result.requests.failed;
    expect(failed).toBeGreaterThan(0);
    expect(stream.frames).toEqual({ expected: failed * FRAMES, lost: 0, joined: failed, reordered: 0, surplus: 0 });
    expect(figures.merged).toBe(failed);
  });

  inFull('waits between head and first frame: that is where the time is', async () => {
    const { result, stream, figures } = await measured('hesitates');
    expect(result.requests.failed).toEqual({});
    // Its timer never fires sooner, but for what it rounds.
    const waitedUs = (result.firstByteUs?.p50 ?? 0) - (stream.headUs?.p50 ?? 0);
    expect(waitedUs).toBeGreaterThan((HESITATION_MS - 2) * 1000);
    const { firstFrame, end } = figures.partsUs ?? NO_PARTS;
    expect(firstFrame).toBeGreaterThan(end);
    // What came in the meantime goes out at once.
    expect(figures.merged).toBeGreaterThanOrEqual(result.requests.ok);
  });

  inFull('cuts the answer: what did not come is lost', async () => {
    const { result, stream } = await measured('cuts');
    const failed = Object.values(result.requests.failed).reduce((sum, count) => sum + count, 0);
    expect(failed).toBeGreaterThan(0);
    expect(stream.frames?.expected).toBe(failed * FRAMES);
    expect(stream.frames?.lost).toBeGreaterThanOrEqual(failed * (FRAMES - 5));
  });
});

const NO_PARTS = { head: 0, firstFrame: 0, frames: 0, end: 0 };

function streamOf({ stream }: LoadResult): StreamResult {
  if (stream === undefined) throw new Error('no streams were measured');
  return stream;
}

function figuresOf(result: LoadResult): StreamFigures {
  const { firstByteUs } = result;
  const record = { ...recordOf({ gateway: 'ferro', vus: 3, stream: true }), firstByteUs, stream: streamOf(result) };
  const figures = streamFigures(record, PACING);
  if (figures === null) throw new Error('no figures of streams');
  return figures;
}
