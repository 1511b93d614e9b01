import type { LoadBounds } from '../accounting.js';
import type { LoadStage } from '../engine.js';
import { levelAt } from '../load-segments.js';
import { monotonicUs } from '../monotonic-clock.js';
import type { Pacer, Sender } from './vu-context.js';

/** How often VUs join; they leave when their request has ended. */
const TICK_MS = 20;

export interface StagedWork {
  stages: readonly LoadStage[];
  /** This worker's part of all VUs. */
  share: number;
  bounds: LoadBounds;
  newUser(): Sender;
}

/** A closed loop whose number of VUs changes with time. A VU that is one too many rests after its response, and keeps its connection. */
export class StagedLoop implements Pacer {
  readonly backsOff = true;
  readonly #resting: Sender[] = [];
  #active = 0;

  constructor(private readonly work: StagedWork) {}

  /** @returns what ends it */
  begin(): NodeJS.Timeout {
    this.#join();
    return setInterval(() => this.#join(), TICK_MS);
  }

  released(user: Sender, nowUs: number): void {
    if (this.#active <= this.#wanted(nowUs)) {
      user.send(nowUs);
      return;
    }
    this.#active -= 1;
    this.#resting.push(user);
  }

  succeeded(): void {}

  #join(): void {
    const nowUs = monotonicUs();
    while (this.#active < this.#wanted(nowUs)) {
      const user = this.#resting.pop() ?? this.work.newUser();
      this.#active += 1;
      user.send(nowUs);
    }
  }

  #wanted(nowUs: number): number {
    const { stages, share, bounds } = this.work;
    return Math.round(levelAt(stages, (nowUs - bounds.windowStartUs) / 1e6) * share);
  }
}
