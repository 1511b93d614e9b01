import { formatMicroseconds, formatSampledShare } from '../../lib/format.js';
import type { Category } from '../../model/category.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { CATEGORY_NAMES, type CategoryTotal, categoryTotals } from '../categories/category-table.js';
import { formatInterval, formatSamples } from '../format-figures.js';
import { cpuUsPerRequest, profileSize, shareInterval, shareOf, weightName } from '../measures.js';
import type { Finding, FindingContext, FindingFigure } from './finding.js';
import { type HotFunction, hotFunctions } from './hot-functions.js';
import { normaliseName } from './normalised-frames.js';
import { ownFunctions } from './own-functions.js';
import { warningsOf } from './warnings.js';

/** Smaller shares are only in the table. */
const MIN_SHARE = 0.02;
/** With more samples a share of 10 % is certain to within about a point. */
const CERTAIN_SAMPLES = 3000;

/** What a profile says, in sentences, each with the figures it is based on. Warnings come last. */
export function findingsOf(categorised: CategorisedProfile, context: FindingContext): Finding[] {
  const { samples } = profileSize(categorised.profile);
  if (samples === 0) return warningsOf(categorised, context);
  return [
    spread(categorised),
    ...perRequest(categorised),
    ...hottest(categorised),
    ...ownCode(categorised),
    ...causesOfKernelLeaves(categorised),
    ...(samples < CERTAIN_SAMPLES ? [uncertainty(samples)] : []),
    ...warningsOf(categorised, context),
  ];
}

const categoryFigure = ({ category, share, samples }: CategoryTotal): FindingFigure => ({
  value: share,
  unit: 'share',
  from: `category ${category}`,
  samples,
});

/** `32 % of CPU in system calls (network 24 %, locks 8 %); elsewhere JSON 11 %, own code 6 %; unknown 0 %.` */
function spread(categorised: CategorisedProfile): Finding {
  const { profile } = categorised;
  const whole = profileSize(profile);
  const what = weightName(profile.meta);
  const system = systemTime(categorised);
  const systemWeight = system.reduce((sum, [, { weight }]) => sum + weight, 0);
  const systemSamples = system.reduce((sum, [, part]) => sum + part.samples, 0);
  const worth = system.filter(([, { weight }]) => shareOf(weight, whole.weight) >= MIN_SHARE);
  const inSystem = new Map(system);
  // Without system calls, so that no sample is counted twice.
  const rest = categoryTotals(categorised)
    .filter(({ category }) => category !== 'unknown')
    .map(({ category, samples, weight }) => ({
      category,
      samples: samples - (inSystem.get(category)?.samples ?? 0),
      share: shareOf(weight - (inSystem.get(category)?.weight ?? 0), whole.weight),
    }))
    .filter(({ share }) => share >= MIN_SHARE)
    .sort((a, b) => b.share - a.share);
  const unknown = categoryTotals(categorised).find(({ category }) => category === 'unknown');
  const clauses = [
    ...(system.length === 0
      ? []
      : [
          `${formatSampledShare(shareOf(systemWeight, whole.weight))} of ${what} in ${profile.meta.kernel === 'absent' ? 'system calls' : 'the kernel'}${
            worth.length === 0
              ? ''
              : ` (${worth.map(([category, { weight }]) => `${CATEGORY_NAMES[category]} ${formatSampledShare(shareOf(weight, whole.weight))}`).join(', ')})`
          }`,
        ]),
    (system.length > 0 && rest.length > 0 ? 'elsewhere ' : '') +
      rest.map(({ category, share }) => `${CATEGORY_NAMES[category]} ${formatSampledShare(share)}`).join(', '),
    `unknown ${formatSampledShare(unknown?.share ?? 0)}`,
  ].filter((clause) => clause !== '');
  return {
    kind: 'spread',
    text: `${clauses.join('; ')}.`,
    figures: [
      ...(system.length === 0
        ? []
        : [
            {
              value: shareOf(systemWeight, whole.weight),
              unit: 'share' as const,
              from: 'stacks that end in the kernel or in a system call',
              samples: systemSamples,
            },
          ]),
      ...worth.map(([category, { weight, samples }]) => ({
        value: shareOf(weight, whole.weight),
        unit: 'share' as const,
        from: `category ${category}, in the kernel or in a system call`,
        samples,
      })),
      ...rest.map(({ category, share, samples }) => ({
        value: share,
        unit: 'share' as const,
        from: `category ${category}, outside of system calls`,
        samples,
      })),
      ...(unknown ? [categoryFigure(unknown)] : []),
    ],
  };
}

function perRequest(categorised: CategorisedProfile): Finding[] {
  const { profile } = categorised;
  const whole = profileSize(profile);
  const us = cpuUsPerRequest(whole.weight, profile.meta);
  const { load } = profile.meta;
  if (us === null || load === null) return [];
  const largest = categoryTotals(categorised)
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, 3)
    .filter(({ weight }) => weight > 0);
  const parts = largest.map(
    ({ category, cpuUsPerRequest: part }) => `${CATEGORY_NAMES[category]} ${formatMicroseconds(part ?? 0)}`,
  );
  return [
    {
      kind: 'per-request',
      text: `A request takes ${formatMicroseconds(us)} of CPU at ${load.vus} VUs, most of it for ${parts.join(', ')}.`,
      figures: [
        { value: us, unit: 'cpu-us', from: 'all samples over completed requests', samples: whole.samples },
        ...largest.map(({ category, cpuUsPerRequest: part, samples }) => ({
          value: part ?? 0,
          unit: 'cpu-us' as const,
          from: `category ${category}`,
          samples,
        })),
      ],
    },
  ];
}

const hotFigure = (hot: HotFunction, part: 'self' | 'total'): FindingFigure => ({
  value: hot[part].share,
  unit: 'share',
  from: `function ${hot.frame.name}, ${part}`,
  samples: hot[part].samples,
});

function hottest(categorised: CategorisedProfile): Finding[] {
  const hot = hotFunctions(categorised, { by: 'self', limit: 3 });
  if (hot.length === 0) return [];
  const parts = hot.map(
    ({ frame, self, category }) => `${frame.name} ${formatSampledShare(self.share)} (${CATEGORY_NAMES[category]})`,
  );
  return [
    {
      kind: 'hot',
      text: `Functions with the most self time: ${parts.join(', ')}.`,
      figures: hot.map((each) => hotFigure(each, 'self')),
    },
  ];
}

/** The gateway's own functions that cause the most work. */
function ownCode(categorised: CategorisedProfile): Finding[] {
  const hot = ownFunctions(categorised, 3);
  if (hot.length === 0) return [];
  const parts = hot.map(({ frame, answersFor }) => `${frame.name} ${formatSampledShare(answersFor.share)}`);
  return [
    {
      kind: 'hot',
      text: `Of the ${categorised.profile.meta.subject === null ? 'program' : 'gateway'}'s own functions, with the libraries they call, the most expensive are ${parts.join(', ')}.`,
      figures: hot.map(({ frame, answersFor }) => ({
        value: answersFor.share,
        unit: 'share' as const,
        from: `function ${frame.name}, up to the next of the gateway's own functions`,
        samples: answersFor.samples,
      })),
    },
  ];
}

function uncertainty(samples: number): Finding {
  const interval = shareInterval(0.1, samples);
  return {
    kind: 'uncertainty',
    text: `${formatSamples(samples)}: a share of 10 % is ${formatInterval(interval)}.`,
    figures: [{ value: samples, unit: 'samples', from: 'all samples', samples }],
  };
}

/** Functions through which Go enters the kernel: the leaves in profiles without kernel frames. */
const GO_ENTRY =
  /(^|[./])(RawSyscall\d*|Syscall\d*|rawSyscallNoError|rawVforkSyscall)$|^runtime\.(futex|usleep|epollwait|osyield)$/;

interface SystemPart {
  samples: number;
  weight: number;
}

/** Time in system calls and other kernel code by category, heaviest first. */
function systemTime({ profile, stackCategories }: CategorisedProfile): [Category, SystemPart][] {
  const entry = profile.frames.map(({ kind, name }) => kind === 'kernel' || (kind === 'go' && GO_ENTRY.test(name)));
  const parts = new Map<Category, SystemPart>();
  for (const [index, { frames, samples, weight }] of profile.stacks.entries()) {
    if (!entry[frames.at(-1) ?? -1]) continue;
    const category = stackCategories[index] ?? 'unknown';
    const part = parts.get(category) ?? { samples: 0, weight: 0 };
    parts.set(category, { samples: part.samples + samples, weight: part.weight + weight });
  }
  return [...parts].sort(([, a], [, b]) => b.weight - a.weight);
}

/**
 * Kernel functions in which samples bunch in virtual machines: there the guest enables interrupts again, and the timer
 * interrupt that takes the sample arrives. They aren't the cause of anything.
 */
const BUNCHING =
  /^(_raw_spin_unlock_irq(restore)?|finish_task_switch(\.isra\.\d+)?|irqentry_exit_to_user_mode|__local_bh_enable_ip)$/;
const MIN_LEAF_SHARE = 0.03;
const MIN_LEAF_SAMPLES = 5;

/** For each kernel function that only seems hot: what its time is really spent on. */
function causesOfKernelLeaves({ profile, stackCategories }: CategorisedProfile): Finding[] {
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
    .filter(([, { samples, weight }]) => samples >= MIN_LEAF_SAMPLES && shareOf(weight, whole.weight) >= MIN_LEAF_SHARE)
    .sort(([, a], [, b]) => b.weight - a.weight)
    .map(([name, { samples, weight, causes }]): Finding => {
      const share = shareOf(weight, whole.weight);
      const parts = [...causes]
        .sort(([, a], [, b]) => b - a)
        .map(([category, part]) => `${CATEGORY_NAMES[category]} ${formatSampledShare(shareOf(part, weight))}`);
      return {
        kind: 'cause',
        text: `${formatSampledShare(share)} of samples end in ${name}, where virtual machines enable interrupts again and are sampled; by caller they are ${parts.join(', ')}.`,
        figures: [{ value: share, unit: 'share', from: `function ${name}, self`, samples }],
      };
    });
}
