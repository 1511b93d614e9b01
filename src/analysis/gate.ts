import type { GateResult } from '../model/record.js';

/** A gate that can't be judged, and why: never a pass. */
export function unknownGate(gate: string, message: string): GateResult {
  return { gate, verdict: 'unknown', value: null, message };
}

/** The verdict on a value that should be small: both bounds belong to the better side. */
export function verdictWithin(
  value: number,
  { pass, warn }: { pass: number; warn: number },
): 'pass' | 'warn' | 'invalid' {
  return value <= pass ? 'pass' : value <= warn ? 'warn' : 'invalid';
}
