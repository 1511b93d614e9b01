import type { Machine } from '../model/run.js';

/** Of {@link Machine}: what makes figures differ. A host name and limits that only allow a run or don't do not. */
const FIELDS: readonly (keyof Machine)[] = [
  'cpuModel',
  'cores',
  'threadsPerCore',
  'architecture',
  'kernel',
  'governor',
  'turboEnabled',
  'clockSource',
  'virtualisation',
  'cgroupCpuMax',
  'cgroupMemoryMax',
];
/** A kernel keeps some memory for itself, not the same amount at each start. */
const MEMORY_TOLERANCE = 0.02;

/** What makes the figures of two machines differ, a line each. */
export function machineChanges(before: Machine, now: Machine): string[] {
  const memory = Math.abs(now.memoryBytes - before.memoryBytes) > MEMORY_TOLERANCE * before.memoryBytes;
  return [
    ...changesOf('machine', before, now, FIELDS),
    ...(memory ? changesOf('machine', before, now, ['memoryBytes']) : []),
  ];
}

/** `engine: version was 1.2.3, is 1.2.4`: fields that differ, a line each. @param names for fields whose own says little */
export function changesOf<T extends object>(
  what: string,
  before: T,
  now: T,
  fields: readonly (keyof T & string)[],
  names: Partial<Record<keyof T & string, string>> = {},
): string[] {
  return fields
    .filter((field) => before[field] !== now[field])
    .map((field) => `${what}: ${names[field] ?? field} was ${before[field]}, is ${now[field]}`);
}
