import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NoiseConditions, type NoiseFloor } from '../../src/model/noise-floor.js';
import type { Run } from '../../src/model/run.js';
import { writeNoiseFloors } from '../../src/store/noise-floors.js';
import { cli } from '../support/cli.js';
import { repeatsOf } from '../support/compared-runs.js';
import { runOf } from '../support/record-builder.js';
import { writeRun } from '../support/run-folders.js';

const rates = [1000, 1004, 996, 1001, 999];
const scaled = (factor: number) => rates.map((rate) => rate * factor);
const machine: Run['machine'] = { ...runOf([]).machine, hostname: 'other', cores: 2 };

let folder: string;
const runs: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const write = async (id: string, records: Parameters<typeof writeRun>[1], facts: Partial<Run> = {}) => {
    runs[id] = await writeRun(folder, records, { id, ...facts });
  };
  const beside = (factor: number) => [...repeatsOf('direct', rates), ...repeatsOf('nginx', scaled(factor))];
  await write('base', beside(0.95));
  await write('same', beside(0.951));
  await write('worse', beside(0.8));
  await write('few', beside(0.95).slice(0, 6));
  await write('server', beside(0.95), { machine });
  await write('slow-server', beside(0.7), { machine });
  await write('k6', beside(0.95), { engine: { name: 'k6', version: '1.0.0' } });
  await write('alone', repeatsOf('nginx', rates));
  await write('other', repeatsOf('kong', rates));
  await write('one-run', [...repeatsOf('mine:base', rates), ...repeatsOf('mine:head', scaled(0.9))]);
  for (const [at, factor] of [1, 1.004, 0.996].entries()) {
    const id = `nightly-${at}`;
    await writeRun(join(folder, 'nightly'), repeatsOf('nginx', scaled(0.95 * factor)), { id });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => names.map((name) => runs[name] ?? join(folder, name));

describe('gatebench compare', () => {
  it('exits with 0 where nothing is worse', async () => {
    const { exitCode, stdout, stderr } = await cli(['compare', ...at('base', 'same')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/nginx +50 +rate .*rate<-3% +same/);
    expect(stdout).toContain('No regression');
    expect(stderr).toBe('');
  });

  it('exits with 1 where something is worse, and with 3 where it may be', async () => {
    const worse = await cli(['compare', ...at('base', 'worse'), '--fail-if', 'rate<-3%', 'p99>+5%']);
    expect(worse.exitCode).toBe(1);
    expect(worse.stdout).toMatch(/Worse: nginx at 50 VUs, rate 16 % lower/);
    const tolerated = await cli(['compare', ...at('base', 'worse'), '--fail-if', 'rate<-20%']);
    expect(tolerated.exitCode).toBe(0);
    const few = await cli(['compare', ...at('base', 'few')]);
    expect(few.exitCode).toBe(3);
    expect(few.stdout).toMatch(/inconclusive: 1 trusted repeat, 3 are needed/);
  });

  it('calls nothing a difference that is within the noise floor that an A/A run beside it measured', async () => {
    const run = runOf(repeatsOf('nginx', rates));
    const floor: NoiseFloor = {
      runId: 'aa',
      measuredAt: run.createdAt,
      gateway: 'nginx',
      conditions: NoiseConditions.parse({
        ...Object.fromEntries(
          (['hostname', 'cpuModel', 'cores', 'architecture', 'kernel', 'virtualisation'] as const).map((key) => [
            key,
            run.machine[key],
          ]),
        ),
        engine: run.engine.name,
        placement: run.placement.kind,
        loadPriority: run.loadPriority.kind,
        scenario: run.scenario.name,
        upstreamLatency: run.scenario.upstream.latency,
        stream: run.scenario.request.stream,
      }),
      durationS: run.scenario.load.durationS,
      levels: [{ vus: 50, blocks: 10, shares: { rate: 0.3 } }],
    };
    const noisy = join(folder, 'noisy');
    const base = await writeRun(noisy, repeatsOf('nginx', rates), { id: 'base' });
    const head = await writeRun(noisy, repeatsOf('nginx', scaled(0.85)), { id: 'head' });
    expect((await cli(['compare', base, head])).exitCode).toBe(1);
    await writeNoiseFloors(noisy, [floor]);
    expect((await cli(['compare', base, head])).exitCode).toBe(0);
  });

  it('compares two gateways of one run in pairs within its blocks', async () => {
    const { exitCode, stdout } = await cli(['compare', ...at('one-run'), '--between', 'mine:base', 'mine:head']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/mine:base → mine:head at 50 VUs, rate 10 % lower/);
    expect(stdout).toContain('Pairs within blocks');
  });

  it('compares one gateway of a run with another of the other', async () => {
    const { exitCode, stdout } = await cli(['compare', ...at('alone', 'other'), '--between', 'nginx', 'kong']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('nginx → kong');
  });

  it('takes a folder of runs for a side, each run a value', async () => {
    const good = await cli(['compare', ...at('same'), '--baseline', join(folder, 'nightly')]);
    expect(good.exitCode).toBe(0);
    expect(good.stdout).toContain('Each run is one value');
    expect(good.stdout).toContain('3 runs, nightly-0 to nightly-2');
    const bad = await cli(['compare', ...at('worse'), '--baseline', join(folder, 'nightly')]);
    expect(bad.exitCode).toBe(1);
  });

  it('prints Markdown, JSON and JUnit’s XML with the same exit code', async () => {
    const of = (format: string) => cli(['compare', ...at('base', 'worse'), '--format', format]);
    const [markdown, json, junit] = await Promise.all([of('markdown'), of('json'), of('junit')]);
    expect([markdown.exitCode, json.exitCode, junit.exitCode]).toEqual([1, 1, 1]);
    expect(markdown.stdout).toMatch(/^<!-- gatebench compare -->\n\n### gatebench: Worse/);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'worse', head: [{ id: 'worse' }] });
    expect(junit.stdout).toMatch(/^<\?xml[\s\S]*<failure [\s\S]*<\/testsuites>\n$/);
  });

  it('refuses another machine, unless only what is beside direct is compared', async () => {
    const refused = await cli(['compare', ...at('base', 'server')]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(
      /base and server don't compare:\n {2}machine: host name was bench, is other\n {2}machine: cores was 8, is 2\n/,
    );
    expect(refused.stderr).toMatch(/hint: .*--across-machines/);
    const same = await cli(['compare', ...at('base', 'server'), '--across-machines']);
    expect(same.exitCode).toBe(0);
    expect(same.stdout).toMatch(/rate \/ direct +0\.950 +0\.950/);
    expect(same.stdout).toContain('machine: cores was 8, is 2.');
    const worse = await cli(['compare', ...at('base', 'slow-server'), '--across-machines']);
    expect(worse.exitCode).toBe(1);
  });

  it.each<[string, () => string[], RegExp]>([
    ['another engine', () => at('base', 'k6'), /don't compare:\n {2}engine: name was autocannon, is k6/],
    ['another engine across machines', () => [...at('base', 'k6'), '--across-machines'], /engine: name/],
    ['one run', () => at('base'), /only one run to compare/],
    ['one run twice', () => at('base', 'base'), /base is on both sides/],
    ['three runs', () => at('base', 'same', 'worse'), /compare takes two runs/],
    ['no run', () => ['/nowhere', ...at('base')], /\/nowhere is neither a run nor a folder of runs/],
    [
      'runs without a common cell',
      () => at('alone', 'other'),
      /no cell was measured on both sides: the base has nginx at 50 VUs, the head kong at 50 VUs/,
    ],
    [
      'a gateway that the run lacks',
      () => [...at('one-run'), '--between', 'mine:base', 'mine:next'],
      /one-run has no gateway mine:next/,
    ],
    ['one gateway', () => [...at('one-run'), '--between', 'mine:base'], /--between takes two gateways/],
    ['a gateway with itself', () => [...at('one-run'), '--between', 'mine:base', 'mine:base'], /both are mine:base/],
    ['a tolerance that is none', () => [...at('base', 'same'), '--fail-if', 'rate'], /"rate" is not a tolerance/],
    ['an empty tolerance', () => [...at('base', 'same'), '--fail-if', 'rate<-3%', ''], /--fail-if.* it is empty/s],
    ['runs after --fail-if', () => ['--fail-if', 'rate<-3%', ...at('base', 'same')], /missing required argument 'run'/],
    ['no direct across machines', () => [...at('alone', 'server'), '--across-machines'], /the base has none/],
    [
      'another format',
      () => [...at('base', 'same'), '--format', 'xml'],
      /Allowed choices are text, markdown, json, junit/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await cli(['compare', ...args()]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
  });
});
