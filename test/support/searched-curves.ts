import type { Window } from '../../src/analysis/capacity/level.js';
import { type SearchBounds, type SearchState, searchState } from '../../src/analysis/capacity/search.js';

/** A gateway whose latency is known: how far above its limit it is at a level, as a logarithm. */
export type ExcessAt = (level: number) => number;

/** Search with simulated windows until the search ends, or has had so many. @param noise a draw for one window */
export function simulateSearch(
  excessAt: ExcessAt,
  noise: () => number,
  bounds: SearchBounds,
  maxWindows: number,
): { state: SearchState; windows: Window[] } {
  const windows: Window[] = [];
  let state = searchState(windows, bounds);
  while (state.next !== null && windows.length < maxWindows) {
    const level = state.next;
    windows.push({ kind: 'measured', level, excess: excessAt(level) + noise(), stalled: false, errors: null });
    state = searchState(windows, bounds);
  }
  return { state, windows };
}

/** Whether what was found is true: its last level that passes does, and its first that fails does. */
export function isTrue({ lastPass, firstFail }: SearchState, excessAt: ExcessAt): boolean {
  return (lastPass === null || excessAt(lastPass.level) <= 0) && (firstFail === null || excessAt(firstFail.level) > 0);
}
