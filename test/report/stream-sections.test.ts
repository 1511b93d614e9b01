import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../src/model/record.js';
import { renderReport } from '../../src/report/report.js';
import { type CellFacts, latencyOf, recordOf, runOf } from '../support/record-builder.js';

/** A cell of 100 answers with 64 frames each, all of whose answers took alike. */
function streamed(facts: CellFacts, { firstUs = 61_000, lost = 0 } = {}): CellRecord {
  const [headUs, gapUs] = [61_000, 20_000];
  return {
    ...recordOf({ stream: true, p50Us: firstUs + 63 * gapUs, ...facts }),
    firstByteUs: latencyOf(100, firstUs),
    stream: {
      framesReceived: 6400,
      headUs: latencyOf(100, headUs),
      gapUs: { ...latencyOf(6300, gapUs), max: 40_000 },
      spanUs: latencyOf(100, 63 * gapUs),
      tailUs: latencyOf(100, 100),
      openGapUs: null,
      frames: { expected: 6400, lost, joined: 0, reordered: 0, surplus: 0 },
    },
  };
}

function reportOf(records: CellRecord[], streamChunkDelayMs = 20) {
  const run = runOf(records);
  const upstream = { ...run.scenario.upstream, streamChunkDelayMs, outputTokens: 64 };
  return renderReport({
    run: { ...run, scenario: { ...run.scenario, upstream } },
    records,
    samplesByCell: new Map(),
    flames: [],
    claims: null,
  });
}

const RECORDS = [
  streamed({ gateway: 'direct', title: 'Direct', vus: 5 }),
  streamed({ gateway: 'slow', title: 'Slow', vus: 5, tree: { cpuPercentMean: 32 } }, { firstUs: 102_000 }),
  streamed({ gateway: 'direct', title: 'Direct', vus: 10 }),
  streamed({ gateway: 'slow', title: 'Slow', vus: 10 }, { firstUs: 102_000, lost: 64 }),
];

describe('the streaming part of a report', () => {
  const report = reportOf(RECORDS);
  const markdown = report.markdown();

  it('has when frames came, and what became of them', () => {
    expect(markdown).toContain('\n## Streaming\n');
    expect(markdown).toContain('The upstream writes 64 frames with text, one every 20 ms.');
    expect(markdown).toMatch(
      /\| Slow 1\.0\.0 \| 5 \| 102\.0 \| 107\.1 \| \+41\.0 \| 20\.0 \| 21\.0 \| 40\.0 \| \+0\.000 \|/,
    );
    // A histogram of this builder can't be read, so nobody knows what was merged; 64 of 6,400 frames are lost.
    expect(markdown).toMatch(/\| 10 \| 102\.0 .* \| 1\.00 % \| – \| 0 \| – \|/);
    // 32 % of 60 s over 6,400 frames.
    expect(markdown).toMatch(/\| Slow 1\.0\.0 \| 5 .* \| 3,000 \|\n/);
  });

  it('says where the time went that a gateway adds', () => {
    expect(markdown).toMatch(/\| Direct \| 5 \| 61\.0 \| 0\.000 \| 1,260 \| 0\.100 \| 1,321 \| +\|/);
    expect(markdown).toMatch(
      /\| Slow 1\.0\.0 \| 5 \| \+0\.000 \| \+41\.0 \| \+0\.000 \| \+0\.000 \| \+41\.0 \| before the first frame, 100 % \|/,
    );
  });

  it('says how many streams are sustained, and why no more', () => {
    expect(markdown).toContain('no gap over 200 ms');
    expect(markdown).toMatch(/\| Direct \| 10 \| every level did \|/);
    expect(markdown).toMatch(/\| Slow 1\.0\.0 \| 5 \| 10 VUs: 64 frames lost \|/);
  });

  it('is the same on a terminal and on the page', () => {
    const assets = { script: '', style: '' };
    for (const text of [report.terminal({ colour: false }), report.page({ assets })]) {
      for (const part of ['Where the time went', 'before the first frame, 100 %', '10 VUs: 64 frames lost']) {
        expect(text).toContain(part);
      }
    }
  });

  it('is in the CSV and the JSON', () => {
    const [head = '', , second = ''] = report.csv.split('\n');
    const fieldOf = (name: string) => second.split(',')[head.split(',').indexOf(name)];
    expect(fieldOf('frames_expected')).toBe('6400');
    expect(fieldOf('frames_lost')).toBe('0');
    expect(fieldOf('frames_merged')).toBe('');
    expect(fieldOf('frame_gap_max_us')).toBe('40000');
    expect(fieldOf('cpu_per_frame_us')).toBe('3000');
    expect(fieldOf('mean_head_to_first_frame_us')).toBe('41000');
    const { cells, streams } = JSON.parse(report.json);
    expect(cells[0].stream.gapUs).not.toHaveProperty('histogram');
    expect(streams[1]).toMatchObject({
      gateway: 'slow',
      levels: [{ vus: 5, addedUs: { parts: { firstFrame: 41_000 } } }, { vus: 10 }],
      sustained: { vus: 5, trusted: true },
    });
  });

  it('leaves out what an upstream without a pace can’t show, and itself where nothing was streamed', () => {
    const unpaced = reportOf(RECORDS, 0).markdown();
    expect(unpaced).toContain('64 frames with text, without a pause');
    expect(unpaced).not.toContain('Streams sustained');
    expect(reportOf([recordOf({ gateway: 'direct', vus: 5 })]).markdown()).not.toContain('Streaming');
  });
});
