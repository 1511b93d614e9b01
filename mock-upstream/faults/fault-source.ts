import type { Fault, FaultRule } from '../../common/fault.js';
import type { Random } from '../../common/random.js';

/**
 * Says which requests fail, and how. One number is drawn for each request, whatever the rules and their times, so the same
 * seed makes the same requests fail.
 */
export class FaultSource {
  readonly #seen: number[];
  #sinceMs = Number.NaN;

  /** @param rules the first that applies counts; the shares of those of one time add up to 1 at most */
  constructor(
    private readonly rules: readonly FaultRule[],
    private readonly random: Random,
  ) {
    this.#seen = rules.map(() => 0);
  }

  /**
   * The fault of the next request.
   * @param sinceMs when the rules' time and counts began
   */
  next(nowMs: number, sinceMs: number): Fault | null {
    if (sinceMs !== this.#sinceMs) {
      this.#sinceMs = sinceMs;
      this.#seen.fill(0);
    }
    const drawn = this.random();
    let below = 0;
    let found: Fault | null = null;
    for (const [index, rule] of this.rules.entries()) {
      if (nowMs - sinceMs < rule.fromMs || nowMs - sinceMs >= rule.untilMs) continue;
      const share = rule.when.kind === 'share' ? rule.when.share : 0;
      const chosen = drawn >= below && drawn < below + share;
      below += share;
      if (this.#applies(rule, index, chosen)) found ??= rule.fault;
    }
    return found;
  }

  /** @param chosen by what was drawn */
  #applies({ when }: FaultRule, index: number, chosen: boolean): boolean {
    const seen = (this.#seen[index] ?? 0) + 1;
    this.#seen[index] = seen;
    switch (when.kind) {
      case 'share':
        return chosen;
      case 'first':
        return seen <= when.count;
      case 'every':
        return seen % when.count === 0;
    }
  }
}
