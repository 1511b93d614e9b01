import { availableParallelism, loadavg } from 'node:os';
import { ExpectedError, InterruptedError, UsageError } from '../../lib/errors.js';
import { harnessVersion } from '../../lib/harness-version.js';
import { isListening } from '../../lib/listeners.js';
import { describeMachine, descriptorLimit } from '../../lib/machine.js';
import type { Roots } from '../../lib/roots.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import type { Engine } from '../../load/engine.js';
import { DEFAULT_ENGINE, engineNamed, engineNames } from '../../load/engines.js';
import type { Machine } from '../../model/run.js';
import { medianRows, type Row, type TrialOutcome } from './figures.js';
import { type Absent, findUpstreams } from './find-upstreams.js';
import type { TargetVerdict } from './judgement.js';
import { measureTrial } from './measure-trial.js';
import { judgeTargets } from './targets.js';
import {
  planTrials,
  type RoundEntry,
  repeatInRounds,
  type SelfbenchSettings,
  type Trial,
  type UpstreamKind,
} from './trials.js';
import type { UpstreamProgram } from './upstream.js';

export interface SelfbenchRequest extends SelfbenchSettings {
  /** Names; undefined for all. */
  engines: string[] | undefined;
  vus: number[];
  /** VU counts for upstreams without latency. */
  zeroVus: number[];
  /** The first of the upstreams' ports. */
  firstPort: number;
}

/** Takes what happens, as it does. */
export interface SelfbenchEvents {
  onPlan(plan: { entries: readonly RoundEntry[]; absent: readonly Absent[] }): void;
  /** Before a trial and after it. */
  onStart(index: number, entry: RoundEntry): void;
  onEnd(index: number, outcome: TrialOutcome): void;
}

/** A whole run, as `--json` prints it. */
export interface SelfbenchResult {
  createdAt: string;
  harness: { version: string; commit: string | null; dirty: boolean | null; node: string };
  machine: Machine;
  /** Load average of the minute before the run: what else kept the machine busy. */
  load1Before: number;
  settings: SelfbenchSettings;
  /** The engine that drove the mocks, and whose percentiles were compared with the truth. */
  driver: string;
  engines: { name: string; version: string }[];
  upstreams: { kind: UpstreamKind; title: string; version: string }[];
  absent: Absent[];
  /** Of every round, in order of measurement. */
  outcomes: TrialOutcome[];
  rows: Row[];
  targets: TargetVerdict[];
}

/**
 * Measure the load engines and the mock upstream against one another.
 * @throws UsageError for an unknown engine, or more VUs than this system allows open files
 * @throws ExpectedError where no engine can run; the signal's reason where it aborts
 */
export async function runSelfbench(
  request: SelfbenchRequest,
  roots: Roots,
  events: SelfbenchEvents,
  signal: AbortSignal,
): Promise<SelfbenchResult> {
  const { durationS, warmupS, rounds, vus, zeroVus, firstPort } = request;
  const load1Before = loadavg()[0] ?? 0;
  requireDescriptors(Math.max(...vus, ...zeroVus), descriptorLimit());
  const folder = await temporaryFolder();
  try {
    const { engines, absent: absentEngines } = await findEngines(request.engines ?? engineNames());
    const { upstreams, absent: absentUpstreams } = await findUpstreams(roots, folder.path, signal);
    const absent = [...absentEngines, ...absentUpstreams];
    const [first] = engines;
    if (first === undefined) {
      throw new ExpectedError(`no engine is available: ${absent[0]?.reason}`, absent[0]?.hint);
    }
    const driver = (engines.find(({ name }) => name === DEFAULT_ENGINE) ?? first).name;
    const trials = planTrials({
      engines: engines.map(({ name }) => name),
      driver,
      upstreams: upstreams.map(({ kind }) => kind),
      vus,
      zeroVus,
      cores: availableParallelism(),
    });
    const entries = repeatInRounds(trials, rounds);
    events.onPlan({ entries, absent });
    const createdAt = new Date().toISOString();
    const settings = { durationS, warmupS, rounds };
    const outcomes = await measureRounds(entries, { engines, upstreams, settings, firstPort, events, signal });
    const rows = medianRows(outcomes);
    return {
      createdAt,
      harness: await harnessVersion(),
      machine: describeMachine(),
      load1Before,
      settings,
      driver,
      engines: engines.map(({ name, version }) => ({ name, version })),
      upstreams: upstreams.map(({ kind, title, version }) => ({ kind, title, version })),
      absent,
      outcomes,
      rows,
      targets: judgeTargets(rows),
    };
  } finally {
    await folder.remove();
  }
}

async function findEngines(names: string[]): Promise<{ engines: Engine[]; absent: Absent[] }> {
  const engines: Engine[] = [];
  const absent: Absent[] = [];
  for (const engine of [...new Set(names)].map(engineNamed)) {
    const missing = await engine.unavailable();
    if (missing === null) engines.push(engine);
    else absent.push({ name: engine.name, ...missing });
  }
  return { engines, absent };
}

/** Files that a process opens besides its connections. */
const OTHER_DESCRIPTORS = 200;

function requireDescriptors(vus: number, limit: number | null): void {
  const needed = vus + OTHER_DESCRIPTORS;
  if (limit === null || needed <= limit) return;
  throw new UsageError(
    `${vus} VUs need ${needed} open files per process, but the limit is ${limit}`,
    `raise it (ulimit -n ${needed}), or choose fewer VUs with --vus`,
  );
}

interface RoundsContext {
  engines: readonly Engine[];
  upstreams: readonly UpstreamProgram[];
  settings: SelfbenchSettings;
  firstPort: number;
  events: SelfbenchEvents;
  signal: AbortSignal;
}

/** Measure all trials, one after the other. One that fails is recorded as failed. */
async function measureRounds(entries: readonly RoundEntry[], context: RoundsContext): Promise<TrialOutcome[]> {
  const { firstPort, events, signal } = context;
  const outcomes: TrialOutcome[] = [];
  const nextPort = freePorts(firstPort);
  for (const [index, entry] of entries.entries()) {
    signal.throwIfAborted();
    events.onStart(index, entry);
    const outcome: TrialOutcome = { ...entry, ...(await tryTrial(entry.trial, nextPort(), context)) };
    outcomes.push(outcome);
    events.onEnd(index, outcome);
  }
  return outcomes;
}

async function tryTrial(trial: Trial, port: number, { engines, upstreams, settings, signal }: RoundsContext) {
  const engine = engines.find(({ name }) => name === trial.engine);
  const upstream = upstreams.find(({ kind }) => kind === trial.upstream);
  if (engine === undefined || upstream === undefined) throw new Error(`no ${trial.engine} or no ${trial.upstream}`);
  try {
    const figures = await measureTrial(trial, { engine, upstream, port, settings, signal });
    return { kind: 'measured', figures } as const;
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof ExpectedError)) throw error;
    return { kind: 'failed', reason: error.message } as const;
  }
}

const PORTS = 1_000;

/** Another port for each trial: closed connections hold theirs for a minute, and 5,000 a trial would exhaust them. */
function freePorts(first: number): () => number {
  let offset = 0;
  return () => {
    for (let tried = 0; tried < PORTS; tried++) {
      const port = first + (offset++ % PORTS);
      if (!isListening(port)) return port;
    }
    throw new ExpectedError(`no port from ${first} to ${first + PORTS - 1} is free`, 'choose others with --port');
  };
}
