import { formatShare } from '../../lib/format.js';
import { formatTls } from '../../model/format-tls.js';
import type { CellRecord } from '../../model/record.js';
import type { Run } from '../../model/run.js';
import type { Scenario } from '../../model/scenario.js';
import { changesOf, machineChanges } from '../machine-changes.js';
import { costRatio, typicalCalibration } from '../machine-speed.js';
import { payloadOf } from '../plain-request.js';
import { THRESHOLDS } from '../thresholds.js';

/** A run as far as it matters whether it compares with another. */
export interface RunWithRecords {
  run: Run;
  records: readonly CellRecord[];
}

export interface Comparability {
  /** Why their figures don't compare; empty where they do. */
  refusals: string[];
  /** Of these, what only figures beside those of direct get over: the machine, its speed, and what runs where on it. */
  machine: string[];
  /** What a reader has to know, and no reason to refuse. */
  notes: string[];
}

/** Whether the figures of two runs compare. */
export function comparability(base: RunWithRecords, head: RunWithRecords): Comparability {
  const speed = speedChange(base.records, head.records);
  return {
    refusals: [
      ...scenarioChanges(base.run.scenario, head.run.scenario),
      ...changesOf('engine', base.run.engine, head.run.engine, ['name', 'version']),
      ...changesOf('gatebench', base.run.harness, head.run.harness, ['version', 'node'], { node: 'Node' }),
      ...mockChanges(base, head),
    ],
    machine: [...hostChanges(base.run, head.run), ...(speed.refusal === null ? [] : [speed.refusal])],
    notes: [...commitNotes(base.run, head.run), ...(speed.note === null ? [] : [speed.note])],
  };
}

/** Not which VUs and how often: cells are matched by VUs. Titles say nothing either. */
function scenarioChanges(base: Scenario, head: Scenario): string[] {
  return [
    ...changesOf('scenario', base, head, ['name']),
    ...changesOf('scenario', base.load, head.load, [
      'model',
      'arrivals',
      'maxInFlight',
      'warmupS',
      'durationS',
      'timeoutS',
    ]),
    ...changesOf('scenario', loadStagesOf(base), loadStagesOf(head), ['stages']),
    ...changesOf('scenario', tlsOf(base), tlsOf(head), ['tls']),
    ...changesOf('mock', base.upstream, head.upstream, ['latency', 'streamChunkDelayMs']),
    ...changesOf('mock', failuresOf(base), failuresOf(head), ['faults', 'second']),
    ...changesOf('request', base.request, head.request, ['stream', 'maxTokens']),
    ...changesOf('request', textOf(base), textOf(head), ['messages', 'payload']),
  ];
}

function loadStagesOf({ load }: Scenario) {
  return { stages: JSON.stringify(load.stages ?? null) };
}

function tlsOf(scenario: Scenario) {
  return { tls: formatTls(scenario) ?? 'none' };
}

function failuresOf({ upstream: { faults, second } }: Scenario) {
  return { faults: faults?.join(' ') ?? '', second: second === undefined ? '' : JSON.stringify(second) };
}

function textOf(scenario: Scenario) {
  const { messages } = scenario.request;
  return {
    messages: JSON.stringify(messages.map(({ role, content }) => [role, content])),
    payload: payloadOf(scenario),
  };
}

function mockChanges(base: RunWithRecords, head: RunWithRecords): string[] {
  const processes = ({ records }: RunWithRecords) => {
    const counts = [...new Set(records.flatMap(({ mock }) => mock?.processes ?? []))].sort((a, b) => a - b);
    return { processes: counts.join(' and ') };
  };
  const [ours, theirs] = [processes(base), processes(head)];
  const known = ours.processes !== '' && theirs.processes !== '';
  return [
    ...(known ? changesOf('mock', ours, theirs, ['processes']) : []),
    ...changesOf(
      'mock',
      { host: base.run.upstreamHost ?? 'this machine' },
      { host: head.run.upstreamHost ?? 'this machine' },
      ['host'],
    ),
  ];
}

function hostChanges(base: Run, head: Run): string[] {
  const hostsOf = ({ engine }: Run) => ({ hosts: engine.remote?.hosts.join(', ') ?? 'this machine' });
  return [
    ...changesOf('machine', base.machine, head.machine, ['hostname'], { hostname: 'host name' }),
    ...machineChanges(base.machine, head.machine),
    ...changesOf('engine', hostsOf(base), hostsOf(head), ['hosts']),
    ...changesOf('placement', placementOf(base), placementOf(head), ['cpus']),
    ...changesOf('mock', { priority: base.loadPriority.kind }, { priority: head.loadPriority.kind }, ['priority']),
  ];
}

function placementOf({ placement }: Run) {
  return { cpus: placement.kind === 'off' ? 'not pinned' : `load=${placement.load},gateway=${placement.gateway}` };
}

/** Mock and engine may have changed with the commit; whether they did, nobody can tell from a record. */
function commitNotes(base: Run, head: Run): string[] {
  const changes = changesOf('gatebench', base.harness, head.harness, ['commit']);
  const dirty = base.harness.dirty === true || head.harness.dirty === true;
  return [
    ...changes.map((change) => `${change}: engine and mock may differ.`),
    ...(dirty ? ['gatebench had uncommitted changes.'] : []),
  ];
}

/** What the same work cost beside the base, as a ratio of CPU times; null where it wasn't measured in both. */
export function speedBeside(base: readonly CellRecord[], head: readonly CellRecord[]): number | null {
  const [ours, theirs] = [typicalCalibration(base), typicalCalibration(head)];
  return ours === null || theirs === null ? null : costRatio(ours, theirs);
}

function speedChange(base: readonly CellRecord[], head: readonly CellRecord[]) {
  const cost = speedBeside(base, head);
  if (cost === null) {
    return {
      refusal: null,
      note: 'The machine’s speed was not measured in both runs: whether it was the same is not known.',
    };
  }
  const change = Math.abs(cost - 1);
  const { pass, warn } = THRESHOLDS.runComparison.speed;
  const text =
    `calibration: the same work took ${formatShare(change)} ${cost < 1 ? 'less' : 'more'} CPU time than in the first run ` +
    `(bounds ${formatShare(pass)} and ${formatShare(warn)})`;
  if (change > warn) return { refusal: text, note: null };
  return { refusal: null, note: change > pass ? `${text}.` : null };
}
