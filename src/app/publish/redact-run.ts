import { decodeHistogram, encodeHistogram } from '../../../common/histogram.js';
import type { NoiseFloor } from '../../model/noise-floor.js';
import type { Profile } from '../../model/profile.js';
import { CellRecord } from '../../model/record.js';
import type { HostSample } from '../../model/resources.js';
import { type Machine, Run } from '../../model/run.js';
import type { ReportInput } from '../../report/report.js';
import type { Private } from './private-values.js';
import { type Redactor, redactorOf } from './redact-text.js';

/** Takes what is private out of the documents of a run. What comes out has the same schema, so it can be read as any run. */
export interface RunRedactor {
  run(run: Run): Run;
  record(record: CellRecord): CellRecord;
  /** All that a report is made from. @param published the run, redacted already */
  input(input: ReportInput, published: Pick<ReportInput, 'run' | 'records'>): ReportInput;
  noiseFloors(floors: readonly NoiseFloor[]): NoiseFloor[];
}

export function runRedactorOf({ values, aliasOf }: Private): RunRedactor {
  const redactor = redactorOf(values);
  return {
    run: (run) => redactRun(run, redactor, aliasOf),
    record: (record) => redactRecord(record, redactor, aliasOf),
    input: (input, published) => redactInput(input, published, redactor, aliasOf),
    noiseFloors: (floors) => redactFloors(floors, redactor, aliasOf),
  };
}

function redactRun(run: Run, redactor: Redactor, aliasOf: Private['aliasOf']): Run {
  const machine = (each: Machine): Machine => ({ ...each, hostname: aliasOf(each.hostname) });
  const { remote } = run.engine;
  return Run.parse(
    withStrings(
      {
        ...run,
        machine: machine(run.machine),
        engine: {
          ...run.engine,
          ...(remote === undefined
            ? {}
            : {
                remote: {
                  hosts: remote.hosts.map(aliasOf),
                  gatewayAddress: aliasOf(remote.gatewayAddress),
                  program: remote.program,
                },
              }),
        },
        ...(run.upstreamHost === undefined ? {} : { upstreamHost: aliasOf(run.upstreamHost) }),
        // Folders and the key's place: nobody resumes a published run.
        settings: null,
        changes: run.changes.map((change) => ({
          ...change,
          conditions: { ...change.conditions, machine: machine(change.conditions.machine) },
        })),
      },
      redactor.text,
    ),
  );
}

function redactRecord(record: CellRecord, redactor: Redactor, aliasOf: Private['aliasOf']): CellRecord {
  const { engine, mock, resources } = record;
  return CellRecord.parse(
    withStrings(
      {
        ...withRealHistograms(record),
        engine: {
          ...engine,
          ...(engine.hosts === undefined
            ? {}
            : { hosts: engine.hosts.map((each) => ({ ...each, host: aliasOf(each.host) })) }),
        },
        mock: mock?.host === undefined ? mock : { ...mock, host: aliasOf(mock.host) },
        resources: {
          ...resources,
          host:
            resources.host === null
              ? null
              : { ...resources.host, busiestOthers: resources.host.busiestOthers.map(anonymous) },
        },
      },
      redactor.text,
    ),
  );
}

function redactSample(host: HostSample): HostSample {
  return { ...host, otherPrograms: host.otherPrograms.map(anonymous) };
}

function redactInput(
  { damaged = [], samplesByCell, flames, noiseFloors = [], footprints = [], prices, claims }: ReportInput,
  published: Pick<ReportInput, 'run' | 'records'>,
  redactor: Redactor,
  aliasOf: Private['aliasOf'],
): ReportInput {
  const id = (cellId: string) => redactedString(cellId, redactor.text);
  return {
    ...published,
    damaged: damaged.map(({ cellId, reason }) => ({ cellId: id(cellId), reason: redactor.text(reason) })),
    samplesByCell: new Map(
      [...samplesByCell].map(([cellId, samples]) => [
        id(cellId),
        samples.map((sample) => ({ ...sample, host: redactSample(sample.host) })),
      ]),
    ),
    // Categories are told by files and modules, some of which are removed: they stay as they were.
    flames: flames.map((entry) => ({
      ...entry,
      cellId: id(entry.cellId),
      profile: { ...entry.profile, profile: redactProfile(entry.profile.profile, redactor) },
    })),
    noiseFloors: redactFloors(noiseFloors, redactor, aliasOf),
    footprints: footprints.map((footprint) =>
      withStrings(
        { ...footprint, machine: { ...footprint.machine, hostname: aliasOf(footprint.machine.hostname) } },
        redactor.text,
      ),
    ),
    ...(prices !== undefined && { prices }),
    claims,
  };
}

/** As runs, so that they still hold for the same ones. */
function redactFloors(floors: readonly NoiseFloor[], redactor: Redactor, aliasOf: Private['aliasOf']): NoiseFloor[] {
  return floors.map(({ conditions, ...floor }) => ({
    ...floor,
    conditions: withStrings({ ...conditions, hostname: aliasOf(conditions.hostname) }, redactor.text),
  }));
}

/** What else ran on the machine is nobody's business; how busy it was is. */
function anonymous<T extends { pid: number; command: string }>(program: T): T {
  return { ...program, pid: 0, command: 'another program' };
}

/**
 * Base64 could be anything: it is kept where it is a histogram, and then written anew, without what may follow it. Of every
 * latency of a record, wherever it is.
 */
function withRealHistograms<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withRealHistograms) as T;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === 'histogram' && typeof inner === 'string' ? rewritten(inner) : withRealHistograms(inner),
  ]);
  return Object.fromEntries(entries);
}

function rewritten(histogram: string): string | null {
  try {
    return encodeHistogram(decodeHistogram(histogram));
  } catch {
    return null;
  }
}

/** Stacks are indices and numbers. */
function redactProfile(profile: Profile, redactor: Redactor): Profile {
  const { meta, frames, threads } = profile;
  return {
    ...profile,
    meta: {
      ...withStrings(meta, redactor.text),
      // Imported profiles may have any text there; exports take a date.
      startedAt: meta.startedAt === null || Number.isNaN(Date.parse(meta.startedAt)) ? null : meta.startedAt,
    },
    frames: frames.map((frame) => ({
      ...frame,
      name: redactor.symbol(frame.name),
      file: frame.file === null ? null : redactor.symbol(frame.file),
      module: frame.module === null ? null : redactor.symbol(frame.module),
      ...(frame.rawName === undefined ? {} : { rawName: redactor.symbol(frame.rawName) }),
    })),
    threads: threads.map((thread) => withStrings(thread, redactor.text)),
  };
}

/** Names of folders and cells, in which there is no bracket. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A copy in which every text is redacted, keys too; histograms are numbers. */
function withStrings<T>(value: T, redact: (text: string) => string): T {
  return mapped(value, redact) as T;
}

function mapped(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redactedString(value, redact);
  if (Array.isArray(value)) return value.map((each) => mapped(each, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      redactedString(key, redact),
      key === 'histogram' ? field : mapped(field, redact),
    ]),
  );
}

function redactedString(text: string, redact: (text: string) => string): string {
  const redacted = redact(text);
  return redacted !== text && FOLDER_NAME.test(text) ? redacted.replace(/[^A-Za-z0-9._-]/g, '') : redacted;
}
