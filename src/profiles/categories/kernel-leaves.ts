import type { Category } from '../../model/category.js';
import type { Finding } from '../analysis/finding.js';
import { formatShare } from '../analysis/format-share.js';
import { normaliseName } from '../analysis/normalise-names.js';
import { profileSize, shareOf } from '../profile-size.js';
import type { CategorisedProfile } from './categorised-profile.js';
import { CATEGORY_WORDS } from './format-category.js';

/**
 * Kernel functions in which samples bunch in virtual machines: there the guest enables its interrupts again, and the
 * timer's, which takes the sample, comes through. They are no cause of anything.
 */
const BUNCHING =
  /^(_raw_spin_unlock_irq(restore)?|finish_task_switch(\.isra\.\d+)?|irqentry_exit_to_user_mode|__local_bh_enable_ip)$/;
const SHARE_WORTH_A_SENTENCE = 0.03;
const FEWEST_SAMPLES = 5;

/** For each kernel function that seems hot and isn't, what its time is really spent on. */
export function causesOfKernelLeaves({ profile, stackCategories }: CategorisedProfile): Finding[] {
  const whole = profileSize(profile);
  const leaves = new Map<string, { samples: number; weight: number; causes: Map<Category, number> }>();
  for (const [index, { frames, samples, weight }] of profile.stacks.entries()) {
    const leaf = profile.frames[frames.at(-1) ?? -1];
    if (leaf?.kind !== 'kernel' || !BUNCHING.test(leaf.name)) continue;
    const name = normaliseName(leaf.name);
    const tally = leaves.get(name) ?? { samples: 0, weight: 0, causes: new Map<Category, number>() };
    leaves.set(name, tally);
    const category = stackCategories[index] ?? 'unknown';
    tally.samples += samples;
    tally.weight += weight;
    tally.causes.set(category, (tally.causes.get(category) ?? 0) + weight);
  }
  return [...leaves]
    .filter(
      ([, { samples, weight }]) => samples >= FEWEST_SAMPLES && shareOf(weight, whole.weight) >= SHARE_WORTH_A_SENTENCE,
    )
    .sort(([, a], [, b]) => b.weight - a.weight)
    .map(([name, { samples, weight, causes }]): Finding => {
      const share = shareOf(weight, whole.weight);
      const parts = [...causes]
        .sort(([, a], [, b]) => b - a)
        .map(([category, part]) => `${CATEGORY_WORDS[category]} ${formatShare(shareOf(part, weight))}`);
      return {
        kind: 'cause',
        text: `${formatShare(share)} of samples end in ${name}, where virtual machines are sampled when interrupts come on again; by their callers they are ${parts.join(', ')}.`,
        figures: [{ value: share, unit: 'share', from: `function ${name}, self`, samples }],
      };
    });
}
