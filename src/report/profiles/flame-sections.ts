import type { Claims } from '../../model/claims.js';
import type { CellRecord } from '../../model/record.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { Run } from '../../model/run.js';
import { columns, type Section } from '../section.js';
import { categorySection } from './category-section.js';
import { findingSections, publishedProfilesSection } from './findings-section.js';
import type { FlameEntry } from './flame-entry.js';
import { hotFunctionSections } from './hot-functions-section.js';
import { profilerOverheadSection } from './overhead-section.js';

/** All sections about a run's profiles; none for a run without profiled cells. */
export function flameSections(
  run: Run,
  records: readonly CellRecord[],
  entries: readonly FlameEntry[],
  claims: Claims | null,
): Section[] {
  if (run.flame === null) return [];
  const ofCpu = entries.filter(({ profile }) => profile.profile.meta.kind === 'cpu');
  const byPerf = ofCpu.filter(({ profile }) => profile.profile.meta.profiler === 'perf');
  const byOthers = ofCpu.filter((entry) => !byPerf.includes(entry));
  return [
    titled(categorySection(byPerf), 'What CPU time is spent on, by perf'),
    titled(categorySection(byOthers), 'What CPU time is spent on, by the languages’ own profilers'),
    ...findingSections(entries),
    ...hotFunctionSections(ofCpu),
    claims === null ? null : publishedProfilesSection(claimsOnGateways(claims, run), entries),
    profilerOverheadSection(entries),
    missingSection(run, records),
  ].filter((section) => section !== null);
}

function titled(section: Section | null, title: string): Section | null {
  return section === null ? null : { ...section, title };
}

/** Profiles that are missing, and why. */
function missingSection({ flame, cells }: Run, records: readonly CellRecord[]): Section | null {
  const wanted = (flame?.unavailable ?? []).map(({ gateway, profiler, reason, hint }) => [
    gateway,
    profiler,
    `${reason} (${hint})`,
  ]);
  const profiled = cells.filter(({ profiler }) => profiler !== null);
  const without = profiled.flatMap((cell) => {
    const record = records.find((each) => each.cell.id === cell.id);
    if (record?.profile) return [];
    return [[gatewayLabel({ name: cell.gateway, variant: cell.variant }), cell.profiler ?? '', reasonOf(record)]];
  });
  const rows = [...wanted, ...without];
  if (rows.length === 0) return null;
  return {
    title: 'Missing profiles',
    lead: [],
    table: { columns: columns(['Gateway', 'Profiler', 'Reason'], 3), rows },
    notes: [],
  };
}

function reasonOf(record: CellRecord | undefined): string {
  const outcome = record?.outcome;
  switch (outcome?.kind) {
    case undefined:
      return 'not measured yet';
    case 'skipped':
      return outcome.reason;
    case 'crashed':
      return `crashed: ${outcome.reason}`;
    case 'failed':
      return `failed at ${outcome.stage}: ${outcome.error}`;
    default:
      return 'it has no profile';
  }
}

/** Without claims about other gateways. */
function claimsOnGateways(claims: Claims, { gateways }: Run): Claims {
  const names = new Set(gateways.map(({ gateway }) => gateway));
  return { ...claims, profiles: claims.profiles.filter(({ gateway }) => names.has(gateway)) };
}
