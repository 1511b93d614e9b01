import { describe, expect, it } from 'vitest';
import {
  estimateSeconds,
  formatTrial,
  planTrials,
  repeatInRounds,
  type TrialChoice,
  trialKey,
  warmupFor,
} from '../../../src/app/selfbench/trials.js';

const all: TrialChoice = {
  engines: ['native', 'autocannon', 'wrk'],
  driver: 'native',
  upstreams: ['mock', 'node-http', 'go', 'nginx'],
  vus: [50, 300, 1000, 5000],
  zeroVus: [50, 1000],
  cores: 2,
};

function keys(choice: Partial<TrialChoice> = {}): string[] {
  return planTrials({ ...all, ...choice }).map(trialKey);
}

describe('the measurements of a round', () => {
  it('takes none twice', () => {
    expect(new Set(keys()).size).toBe(keys().length);
  });

  it('drives the mock at 60 ms by every engine at every VU count', () => {
    for (const engine of all.engines) {
      for (const vus of all.vus) expect(keys()).toContain(`${engine} mock 60ms ${vus}`);
    }
  });

  it('drives mock and nginx without latency by every engine, nginx never with one', () => {
    for (const engine of all.engines) {
      for (const upstream of ['mock', 'nginx']) {
        expect(keys().filter((key) => key.startsWith(`${engine} ${upstream} 0s`))).toEqual([
          `${engine} ${upstream} 0s 50`,
          `${engine} ${upstream} 0s 1000`,
        ]);
      }
    }
    expect(keys().filter((key) => key.includes('nginx 60ms'))).toEqual([]);
  });

  it('drives the peers of the mock by one engine, next to the mock itself', () => {
    const peers = keys().filter((key) => /node-http|go/.test(key));
    expect(peers).toEqual([
      'native node-http 60ms 50',
      'native go 60ms 50',
      'native node-http 60ms 300',
      'native go 60ms 300',
      'native node-http 60ms 1000',
      'native go 60ms 1000',
      'native node-http 0s 50',
      'native go 0s 50',
    ]);
    const at = keys().indexOf('native node-http 60ms 1000');
    expect(keys().slice(at - 3, at + 2)).toContain('native mock 60ms 1000');
  });

  it('compares percentiles with the truth at 300 VUs, or not at all', () => {
    const truths = planTrials(all).filter(({ againstTruth }) => againstTruth);
    expect(truths.map(({ latency, vus }) => [latency, vus])).toEqual([
      ['lognormal(p50=60ms,p99=200ms)', 300],
      ['bimodal(60ms,200ms,0.1)', 300],
    ]);
    expect(planTrials({ ...all, vus: [50], zeroVus: [] }).some(({ againstTruth }) => againstTruth)).toBe(false);
  });

  it('leaves out what is not there', () => {
    expect(keys({ upstreams: ['mock'] }).every((key) => key.includes(' mock '))).toBe(true);
    expect(keys({ engines: ['autocannon'], driver: 'autocannon' }).every((key) => key.startsWith('autocannon'))).toBe(
      true,
    );
  });

  it('gives the mock more processes for many VUs, never more than cores, and one without latency', () => {
    const processes = (choice: Partial<TrialChoice>, key: string) =>
      planTrials({ ...all, ...choice }).find((trial) => trialKey(trial) === key)?.processes;
    expect(processes({}, 'native mock 60ms 1000')).toBe(1);
    expect(processes({}, 'native mock 60ms 5000')).toBe(2);
    expect(processes({ cores: 16 }, 'native mock 60ms 5000')).toBe(5);
    expect(processes({ zeroVus: [5000] }, 'native mock 0s 5000')).toBe(1);
  });
});

describe('rounds', () => {
  it('takes everything once a round, and every second round backwards', () => {
    const trials = planTrials({ ...all, vus: [50], zeroVus: [] });
    const entries = repeatInRounds(trials, 3);
    const ofRound = (round: number) => entries.filter((entry) => entry.round === round).map(({ trial }) => trial);
    expect(ofRound(1)).toEqual(trials);
    expect(ofRound(2)).toEqual([...trials].reverse());
    expect(ofRound(3)).toEqual(trials);
    expect(entries.map(({ round }) => round)).toEqual(entries.map(({ round }) => round).sort());
  });

  it('warms up longer with many VUs, and counts that into the time it takes', () => {
    const [few, many] = planTrials({ ...all, engines: ['native'], upstreams: ['mock'], vus: [50, 5000], zeroVus: [] });
    if (few === undefined || many === undefined) throw new Error('two trials were planned');
    expect([few, many].map((trial) => warmupFor(trial, 2))).toEqual([2, 5]);
    const shape = { warmupS: 2, durationS: 5 };
    expect(estimateSeconds([few, many], shape) - estimateSeconds([few, few], shape)).toBeCloseTo(3);
    expect(estimateSeconds([few, few], shape)).toBeGreaterThan(14);
  });
});

it('names a trial', () => {
  const [first] = planTrials({ ...all, vus: [1], zeroVus: [] });
  expect(first && formatTrial(first)).toBe('native, mock 60ms, 1 VU');
});
