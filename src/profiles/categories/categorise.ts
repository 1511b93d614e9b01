import type { Category } from '../../model/category.js';
import type { Profile } from '../../model/profile.js';
import type { CategorisedProfile } from './categorised-profile.js';
import { RuleBook } from './rule-book.js';
import { INTERRUPT_ENTRY } from './rules/kernel.js';

/** What rules say of one frame by itself. */
interface FrameVerdict {
  kernel: boolean;
  interrupt: boolean;
  inlined: boolean;
  strong: Category | null;
  weak: Category | null;
}

/** Where time is counted that is spent in the frame at which a walk from the root has arrived. */
class StackWalk {
  #strong: Category | null = null;
  #weak: Category | null = null;
  #kernel: { cause: Category | null; interrupt: boolean } | null = null;

  /** One frame further from the root. */
  enter(verdict: FrameVerdict): Category {
    if (verdict.kernel) return this.#enterKernel(verdict);
    this.#kernel = null;
    if (verdict.strong) this.#strong = verdict.strong === 'unknown' ? null : verdict.strong;
    this.#weak = verdict.weak ?? (verdict.inlined ? this.#weak : null);
    return this.#strong ?? this.#weak ?? 'unknown';
  }

  /** The cause nearest to the entry decides; without one, a system call is its caller's, and an interrupt nobody's. */
  #enterKernel(verdict: FrameVerdict): Category {
    this.#kernel ??= { cause: null, interrupt: verdict.interrupt };
    this.#kernel.cause ??= verdict.strong;
    const { cause, interrupt } = this.#kernel;
    return cause ?? (interrupt ? null : this.#strong) ?? 'kernel-other';
  }
}

/**
 * Give each stack of a profile a category, and each frame within it one for its colour: what time is spent on that is
 * spent in that very frame. A stack's category is its leaf's.
 *
 * - In the kernel, the ancestor decides: see KERNEL_RULES.
 * - Else the nearest frame to the leaf that a strong rule knows.
 * - Where no frame is known so, the leaf itself may be known weakly, by its module say. An inlined leaf counts as what
 *   it was inlined into. A weak rule does not reach further up, or the C library's start-up code would claim all.
 * - Borders such as an event loop end the search: who started the loop says nothing of what it runs.
 * - What remains is unknown, and stays so.
 *
 * The gateway's own rules (`meta.rules`) come before the general ones of the same strength.
 */
export function categorise(profile: Profile): CategorisedProfile {
  const book = new RuleBook(profile.meta.rules);
  const verdicts = profile.frames.map((frame): FrameVerdict => {
    const isKernel = frame.kind === 'kernel';
    return {
      kernel: isKernel,
      interrupt: isKernel && INTERRUPT_ENTRY.test(frame.name),
      inlined: frame.kind === 'inlined',
      strong: book.first(frame, false)?.category ?? null,
      weak: book.first(frame, true)?.category ?? null,
    };
  });
  const frameCategories = profile.stacks.map(({ frames }) => {
    const walk = new StackWalk();
    return frames.map((index) => {
      const verdict = verdicts[index];
      return verdict ? walk.enter(verdict) : 'unknown';
    });
  });
  return { profile, frameCategories, stackCategories: frameCategories.map((path) => path.at(-1) ?? 'unknown') };
}
