import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rootsOf } from '../../src/lib/roots.js';
import { CellRecord } from '../../src/model/record.js';
import { readScenarios } from '../../src/store/scenarios.js';
import { cli } from '../support/cli.js';
import { installedLabels } from './installed.js';

const installed = await installedLabels();
const scenarios = await readScenarios(rootsOf().scenarios);
/** One of each kind; what else there is differs in levels and lengths. */
const KINDS = ['anthropic-native', 'images', 'mix', 'replay-timed', 'streaming-500', 'upstream-errors'];

function named(name: string): (typeof scenarios)[number] {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

/** Measure one gateway for some seconds, as little as the scenario allows. */
async function measured(label: string, { name, load, request }: (typeof scenarios)[number]): Promise<CellRecord> {
  const out = await mkdtemp(join(tmpdir(), 'gatebench-e2e-'));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  const level = load.model === 'open' ? ['--rate-per-sec', '50'] : ['--vus', '5'];
  // The longest stream takes 2.5 s.
  const times = ['--warmup', '0s', '--duration', request.stream ? '4s' : '2s'];
  const pauses = ['--idle', '0s', '--recovery', '0s', '--cooldown', '0s'];
  const quickly = ['--no-calibration', '--retry-invalid', '0'];
  const result = await cli(['bench', '-g', label, '-s', name, ...level, ...times, ...pauses, ...quickly, '--out', out]);
  expect(result.exitCode, result.stderr).toBe(0);
  const cells = join(out, readdirSync(out)[0] ?? '', 'cells');
  const [cell = ''] = readdirSync(cells);
  return CellRecord.parse(JSON.parse(await readFile(join(cells, cell, 'record.json'), 'utf8')));
}

async function expectAnswers(label: string, scenario: (typeof scenarios)[number]): Promise<void> {
  const { outcome, requests, failureExamples } = await measured(label, scenario);
  expect(['ok', 'invalid'], JSON.stringify(outcome)).toContain(outcome.kind);
  expect(requests?.ok).toBeGreaterThan(0);
  if (scenario.upstream.faults === undefined) expect(requests?.failed, JSON.stringify(failureExamples)).toEqual({});
}

describe.skipIf(!installed.includes('nginx'))('each kind of scenario, on a real nginx', () => {
  it.each(KINDS)('%s', (name) => expectAnswers('nginx', named(name)));
});

const TRANSLATIONS = [
  ['litellm', 'anthropic-client'],
  ['portkey', 'anthropic-upstream'],
  ['ferro:1.4.4', 'anthropic-upstream'],
] as const;

describe('dialects that real gateways translate', () => {
  for (const [label, name] of TRANSLATIONS) {
    it.skipIf(!installed.includes(label))(`${label}: ${name}`, () => {
      return expectAnswers(label, named(name));
    });
  }
});
