import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { type CategoryTotal, categoryTotals } from '../categories/category-table.js';
import { CATEGORY_WORDS } from '../categories/format-category.js';
import { causesOfKernelLeaves } from '../categories/kernel-leaves.js';
import { ownFunctions } from '../categories/own-functions.js';
import { systemTime } from '../categories/system-calls.js';
import { profileSize, shareOf } from '../profile-size.js';
import type { Finding, FindingContext, FindingFigure } from './finding.js';
import { formatInterval, formatMicroseconds, formatSamples, formatShare } from './format-share.js';
import { type HotFunction, hotFunctions } from './hot-functions.js';
import { cpuUsPerRequest } from './per-request.js';
import { warningsOf } from './profile-warnings.js';
import { shareInterval } from './share-interval.js';

/** Smaller shares are in the table, not in a sentence. */
const SHARE_WORTH_A_WORD = 0.02;
/** With more samples a share of 10 % is certain to about a point. */
const SAMPLES_CERTAIN_ENOUGH = 3000;

/** What a profile says, in sentences from its data alone, each with the figures that it rests on; warnings come last. */
export function findingsOf(categorised: CategorisedProfile, context: FindingContext): Finding[] {
  const { samples } = profileSize(categorised.profile);
  if (samples === 0) return warningsOf(categorised, context);
  return [
    spread(categorised),
    ...perRequest(categorised),
    ...hottest(categorised),
    ...ownCode(categorised),
    ...causesOfKernelLeaves(categorised),
    ...(samples < SAMPLES_CERTAIN_ENOUGH ? [uncertainty(samples)] : []),
    ...warningsOf(categorised, context),
  ];
}

const categoryFigure = ({ category, share, samples }: CategoryTotal): FindingFigure => ({
  value: share,
  unit: 'share',
  from: `category ${category}`,
  samples,
});

/** `32 % of CPU in system calls (network 24 %, locks 8 %); outside of them JSON 11 %, own code 6 %; unknown 0 %.` */
function spread(categorised: CategorisedProfile): Finding {
  const { profile } = categorised;
  const whole = profileSize(profile);
  const what = profile.meta.kind === 'cpu' ? 'CPU' : 'time';
  const system = systemTime(categorised);
  const systemWeight = system.reduce((sum, [, { weight }]) => sum + weight, 0);
  const systemSamples = system.reduce((sum, [, part]) => sum + part.samples, 0);
  const worth = system.filter(([, { weight }]) => shareOf(weight, whole.weight) >= SHARE_WORTH_A_WORD);
  const inSystem = new Map(system);
  // What a category has besides its system calls, so that no sample is in the sentence twice.
  const rest = categoryTotals(categorised)
    .filter(({ category }) => category !== 'unknown')
    .map(({ category, samples, weight }) => ({
      category,
      samples: samples - (inSystem.get(category)?.samples ?? 0),
      share: shareOf(weight - (inSystem.get(category)?.weight ?? 0), whole.weight),
    }))
    .filter(({ share }) => share >= SHARE_WORTH_A_WORD)
    .sort((a, b) => b.share - a.share);
  const unknown = categoryTotals(categorised).find(({ category }) => category === 'unknown');
  const clauses = [
    ...(system.length === 0
      ? []
      : [
          `${formatShare(shareOf(systemWeight, whole.weight))} of ${what} in ${profile.meta.kernel === 'absent' ? 'system calls' : 'the kernel'}${
            worth.length === 0
              ? ''
              : ` (${worth.map(([category, { weight }]) => `${CATEGORY_WORDS[category]} ${formatShare(shareOf(weight, whole.weight))}`).join(', ')})`
          }`,
        ]),
    (system.length > 0 && rest.length > 0 ? `outside of ${profile.meta.kernel === 'absent' ? 'them' : 'it'} ` : '') +
      rest.map(({ category, share }) => `${CATEGORY_WORDS[category]} ${formatShare(share)}`).join(', '),
    `unknown ${formatShare(unknown?.share ?? 0)}`,
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
    ({ category, cpuUsPerRequest: part }) => `${CATEGORY_WORDS[category]} ${formatMicroseconds(part ?? 0)}`,
  );
  return [
    {
      kind: 'per-request',
      text: `A request costs ${formatMicroseconds(us)} of CPU at ${load.vus} VUs, the most of it for ${parts.join(', ')}.`,
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
  const words = hot.map(
    ({ frame, self, category }) => `${frame.name} ${formatShare(self.share)} (${CATEGORY_WORDS[category]})`,
  );
  return [
    {
      kind: 'hot',
      text: `The functions with the most time of their own: ${words.join(', ')}.`,
      figures: hot.map((each) => hotFigure(each, 'self')),
    },
  ];
}

/** Which of the gateway's own functions the time is spent for. */
function ownCode(categorised: CategorisedProfile): Finding[] {
  const hot = ownFunctions(categorised, 3);
  if (hot.length === 0) return [];
  const words = hot.map(({ frame, answersFor }) => `${frame.name} ${formatShare(answersFor.share)}`);
  return [
    {
      kind: 'hot',
      text: `Of its own functions, with the libraries that they call, the most is in ${words.join(', ')}.`,
      figures: hot.map(({ frame, answersFor }) => ({
        value: answersFor.share,
        unit: 'share' as const,
        from: `function ${frame.name}, up to the next function of the gateway's own`,
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
