import type { Category } from '../../model/category.js';
import type { Profile } from '../../model/profile.js';
import { RuleBook } from './rule-book.js';
import { JVM_GC_THREAD } from './rules/jvm.js';
import { INTERRUPT_ENTRY } from './rules/kernel.js';

/** A profile with a category for every stack. */
export interface CategorisedProfile {
  profile: Profile;
  /** Parallel to `profile.stacks`: what the stack's time is spent on. */
  stackCategories: Category[];
  /** Parallel to `profile.stacks`: the category of each frame of the stack, root first, for colours. */
  frameCategories: Category[][];
}

/** What the rules say about a frame on its own. */
interface FrameVerdict {
  kernel: boolean;
  interrupt: boolean;
  inlined: boolean;
  strong: Category | null;
  weak: Category | null;
}

/** Walks from a stack's root to its leaf, and tells for each frame what its own time is spent on. */
class StackWalk {
  #strong: Category | null;
  #weak: Category | null = null;
  #kernel: { cause: Category | null; interrupt: boolean } | null = null;

  /** @param thread what a thread is for, if its name says that; it stands for a caller of all that the thread runs */
  constructor(thread: Category | null) {
    this.#strong = thread;
  }

  /** Goes on to the next frame. */
  enter(verdict: FrameVerdict): Category {
    if (verdict.kernel) return this.#enterKernel(verdict);
    this.#kernel = null;
    if (verdict.strong) this.#strong = verdict.strong === 'unknown' ? null : verdict.strong;
    this.#weak = verdict.weak ?? (verdict.inlined ? this.#weak : null);
    return this.#strong ?? this.#weak ?? 'unknown';
  }

  /** The cause nearest to the entry decides. Without one a system call counts for its caller, an interrupt for nobody. */
  #enterKernel(verdict: FrameVerdict): Category {
    this.#kernel ??= { cause: null, interrupt: verdict.interrupt };
    this.#kernel.cause ??= verdict.strong;
    const { cause, interrupt } = this.#kernel;
    return cause ?? (interrupt ? null : this.#strong) ?? 'kernel-other';
  }
}

/**
 * Gives each stack of a profile a category, and each of its frames: what the time in that very frame is spent on. A
 * stack's category is that of its leaf.
 *
 * - In the kernel the frames near the entry decide: see KERNEL_RULES.
 * - Elsewhere the frame nearest to the leaf that matches a strong rule decides.
 * - If no frame does, a weak rule may match the leaf, for example by its module. An inlined leaf counts as what it was
 *   inlined into. Weak rules don't apply to callers, or the C library's start-up code would claim everything.
 * - A thread whose name says what it does is like a caller: GC threads collect, whatever function they are in.
 * - Borders such as event loops end the search: the caller of the loop says nothing about what it runs.
 * - The rest is unknown.
 *
 * The gateway's own rules (`meta.rules`) come before general rules of the same strength.
 */
export function categorise(profile: Profile): CategorisedProfile {
  const book = new RuleBook(profile.meta.rules, profile.frames);
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
  const purposes = profile.threads.map(({ comm }) => (JVM_GC_THREAD.test(comm ?? '') ? 'gc' : null));
  const frameCategories = profile.stacks.map(({ frames, thread }) => {
    const walk = new StackWalk(purposes[thread ?? -1] ?? null);
    return frames.map((index) => {
      const verdict = verdicts[index];
      return verdict ? walk.enter(verdict) : 'unknown';
    });
  });
  return { profile, frameCategories, stackCategories: frameCategories.map((path) => path.at(-1) ?? 'unknown') };
}
