import { formatAdded, formatPairsNeeded } from '../../analysis/live/format-added.js';
import type { LeftOut, LiveResult } from '../../analysis/live/live-results.js';
import type { MedianInterval } from '../../analysis/statistics/paired-median.js';
import { ABSENT, formatCount, formatTitle, tabulateMilliseconds } from '../../lib/format.js';
import type { LiveEnd, LiveRecord } from '../../model/live.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import { columns, type Section } from '../section.js';
import { formatUsd } from './format-usd.js';

const LEFT_OUT: readonly LeftOut[] = ['warm-up', 'new connection', 'retried', 'gateway failed', 'direct failed'];

/** The tables of a live run, the same for Markdown and the terminal. */
export function liveSections(record: LiveRecord, results: readonly LiveResult[]): Section[] {
  const titles = new Map(
    record.gateways.map(({ gateway, variant, title, version }) => [
      gatewayLabel({ name: gateway, variant }),
      formatTitle(title, version),
    ]),
  );
  const titleOf = (label: string) => titles.get(label) ?? label;
  return [addedSection(record, results, titleOf), pairsSection(record, results, titleOf)];
}

function addedSection(
  { question: { stream }, upstream: { url, model } }: LiveRecord,
  results: readonly LiveResult[],
  titleOf: (label: string) => string,
): Section {
  const toldByProvider = results.some(({ addedBesideProviderUs }) => addedBesideProviderUs !== null);
  const heads = [
    'Direct p50',
    'Direct p90',
    'Through p50',
    'Through p90',
    'Added',
    ...(stream ? ['Added to first content'] : []),
    ...(toldByProvider ? ['Added, beside the provider'] : []),
  ];
  return {
    title: 'Added latency',
    lead: [
      `What each gateway adds before ${url}, model ${model}, in milliseconds: the median of the differences between a request through it and one sent directly in the same second, with a 95 % interval by the sign test.`,
      ...(toldByProvider
        ? [
            'Beside the provider: the same, where both responses say how long the provider itself took (openai-processing-ms), which is left out on both sides.',
          ]
        : []),
    ],
    table: {
      columns: columns(['Gateway', 'Pairs', ...heads], 1),
      rows: results.map((result) => [
        titleOf(result.gateway),
        formatCount(result.counted),
        tabulateMilliseconds(result.direct.p50Us),
        tabulateMilliseconds(result.direct.p90Us),
        tabulateMilliseconds(result.through.p50Us),
        tabulateMilliseconds(result.through.p90Us),
        tabulateAdded(result.addedUs),
        ...(stream ? [tabulateAdded(result.addedFirstContentUs)] : []),
        ...(toldByProvider ? [tabulateAdded(result.addedBesideProviderUs)] : []),
      ]),
    },
    notes: results.map((result) => `${titleOf(result.gateway)}: ${verdict(result, stream)}.`),
  };
}

/** What is known of it, in words. */
function verdict({ addedUs, addedFirstContentUs, addedBesideProviderUs: beside }: LiveResult, stream: boolean): string {
  const needed = beside === null ? formatPairsNeeded(addedUs) : null;
  return [
    formatAdded(addedUs),
    ...(stream ? [`to the first content: ${formatAdded(addedFirstContentUs)}`] : []),
    ...(beside === null ? [] : [`beside the provider’s own time: ${formatAdded(beside)}`]),
    ...(needed === null ? [] : [needed]),
  ].join('; ');
}

function tabulateAdded(added: MedianInterval | null): string {
  if (added === null) return ABSENT;
  const { estimate, low, high } = added;
  return `${signed(estimate)} [${signed(low)}, ${signed(high)}]`;
}

function signed(us: number): string {
  return `${us > 0 ? '+' : ''}${tabulateMilliseconds(us)}`;
}

function pairsSection(
  { limits, spent, ends, skipped, price }: LiveRecord,
  results: readonly LiveResult[],
  titleOf: (label: string) => string,
): Section {
  const left = LEFT_OUT.filter((why) => results.some(({ leftOut }) => leftOut[why] > 0));
  const cost = spent.usd === null ? 'costs unknown: no price' : `${formatUsd(spent.usd)} (${price?.source ?? ''})`;
  return {
    title: 'Pairs',
    lead: [
      `${formatCount(spent.requests)} of at most ${formatCount(limits.maxRequests)} requests, ${cost}. A pair counts if both responses are whole, came over connections that were open already, and the gateway tells of no retry.`,
    ],
    table: {
      columns: columns(['Gateway', 'Sent', 'Counted', ...left.map((why) => `Left out: ${why}`)], 1),
      rows: results.map(({ gateway, pairs, counted, leftOut }) => [
        titleOf(gateway),
        formatCount(pairs),
        formatCount(counted),
        ...left.map((why) => formatCount(leftOut[why])),
      ]),
    },
    notes: [
      ...ends.flatMap((end) => endNote(end, titleOf(end.gateway))),
      ...skipped.map(({ label, reason }) => `${label} was left out: ${reason}.`),
      ...results.flatMap(({ gateway, errors }) =>
        errors.map(({ side, error, count }) => `${titleOf(gateway)}, ${side}, ${count} ×: ${error}`),
      ),
    ],
  };
}

const ENDS: Record<LiveEnd['why'], string | null> = {
  complete: null,
  requests: 'ended by --max-requests',
  usd: 'ended by --max-usd: another pair could have passed it',
  'direct-failed': 'ended: the endpoint itself fails',
  'gateway-failed': 'ended: it failed',
  interrupted: 'interrupted',
};

function endNote({ why, message }: LiveEnd, title: string): string[] {
  const text = ENDS[why];
  return text === null ? [] : [`${title}: ${text}${message === null ? '' : `: ${message}`}.`];
}
