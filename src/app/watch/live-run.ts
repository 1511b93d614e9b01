import type { RunEvent } from '../../run/cell-context.js';
import { advance, endState, type RunState, startState, viewOf, type WatchedRun } from '../../watch/run-state.js';
import type { RunEnd, RunView } from '../../watch/run-view.js';

/** Told after each event of a run, and once without one: at its end. */
export type OnChange = (event: RunEvent | null) => void;

/** A run that goes on, for whoever shows it: a terminal, a page, or both. */
export class LiveRun {
  #state: RunState;
  readonly #listeners = new Set<OnChange>();

  constructor(run: WatchedRun) {
    this.#state = startState(run, performance.now());
  }

  /** Take an event of the run. */
  readonly onEvent = (event: RunEvent): void => {
    this.#state = advance(this.#state, event, performance.now());
    this.#tell(event);
  };

  /** The run is over. Later calls change nothing: the first one knows why. */
  end(how: RunEnd): void {
    if (this.hasEnded) return;
    this.#state = endState(this.#state, how, performance.now());
    this.#tell(null);
  }

  get hasEnded(): boolean {
    return this.#state.end !== null;
  }

  /** The run as it is now. */
  view(): RunView {
    return viewOf(this.#state, performance.now());
  }

  /** @returns how to listen no more */
  onChange(listener: OnChange): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: RunEvent | null): void {
    for (const listener of this.#listeners) listener(event);
  }
}
