import { formatDecimal } from '../../lib/format.js';
import { formatSamples } from '../../profiles/format-figures.js';
import { formatWeight } from '../../profiles/format-weight.js';
import { formatChange, formatPlace, formatShare, formatTime, microseconds } from './format-frame.js';
import type { DiffView, NamedFrame, PageData, ProfileView } from './page-data.js';
import type { TimeChart } from './time-chart.js';
import { at, type TreeModel, type TreeShape } from './tree-model.js';

/** Details of a node: a heading, and labels with values. */
export interface NodeDetails {
  name: string;
  rows: [label: string, value: string][];
}

/** What the values of a node are compared to. */
export interface DetailContext {
  /** Of the whole profile, the first value. */
  whole: number;
  /** Another whole, such as the zoomed frame; null for none. */
  part: { label: string; value: number } | null;
  /** In a tree of callers self time has no meaning. */
  hasSelf: boolean;
}

export function nodeDetails(
  page: Pick<PageData, 'view' | 'categories'>,
  tree: TreeModel,
  frames: readonly NamedFrame[],
  node: number,
  context: DetailContext,
): NodeDetails {
  const values =
    page.view.kind === 'profile' ? profileRows(page.view, tree, node, context) : diffRows(page.view, tree, node);
  return { name: frameName(tree, frames, node), rows: [...frameRows(page, tree, frames, node), ...values] };
}

/** Details of a call in a time chart. */
export function callDetails(
  page: Pick<PageData, 'categories'>,
  { shape, startUs, endUs }: TimeChart,
  frames: readonly NamedFrame[],
  { node, calls }: { node: number; calls: number },
): NodeDetails {
  const rows = frameRows(page, shape, frames, node);
  const [from, to] = [at(startUs, node), at(endUs, node)];
  const name = node === 0 ? 'Whole capture' : frameName(shape, frames, node);
  return {
    name: calls > 1 ? `${name}, and ${formatDecimal(calls - 1, 0)} more calls` : name,
    rows: [...rows, ['Duration', formatTime(to - from)], ['From', formatTime(from)], ['To', formatTime(to)]],
  };
}

/** The name of a node's function or group. */
export function frameName(tree: TreeShape, frames: readonly NamedFrame[], node: number): string {
  return frames[at(tree.frame, node)]?.name ?? 'All stacks';
}

/** Where a function is from; nothing for the root. */
function frameRows(
  page: Pick<PageData, 'categories'>,
  tree: TreeShape,
  frames: readonly NamedFrame[],
  node: number,
): NodeDetails['rows'] {
  const frame = frames[at(tree.frame, node)];
  if (frame === undefined) return [];
  const place = formatPlace(frame.file, frame.line);
  const category = page.categories[at(tree.category, node)];
  return [
    ...(place === '' ? [] : [['File', place] as [string, string]]),
    ...(frame.module === '' ? [] : [['Module', `${frame.module}${formatKind(frame)}`] as [string, string]]),
    ...(category === undefined ? [] : [['Category', category.label] as [string, string]]),
  ];
}

/** The kind, unless the module implies it. */
function formatKind({ kind, module }: NamedFrame): string {
  return kind === 'native' || kind === 'unknown' || module.startsWith('[') ? '' : ` (${kind})`;
}

function profileRows(
  view: ProfileView,
  tree: TreeModel,
  node: number,
  { whole, part, hasSelf }: DetailContext,
): NodeDetails['rows'] {
  const [weights, samples] = tree.total;
  const total = at(weights, node);
  const self = at(tree.self[0], node);
  const perRequest = view.usPerRequest;
  const row = (label: string, value: number, count: number): [string, string] => [
    label,
    `${formatShare(value, whole)} · ${formatSamples(count)}${inUnit(value, view)}`,
  ];
  return [
    row('Total', total, at(samples, node)),
    ...(hasSelf ? [row('Self', self, at(tree.self[1], node))] : []),
    ...(part === null ? [] : [[part.label, formatShare(total, part.value)] as [string, string]]),
    ...(perRequest === null
      ? []
      : [
          [
            `${view.measure} per request`,
            microseconds(total * perRequest) + (hasSelf ? `, self ${microseconds(self * perRequest)}` : ''),
          ] as [string, string],
        ]),
  ];
}

/** Time, events or bytes, to show beside the samples. */
function inUnit(weight: number, view: ProfileView): string {
  return view.unit === 'samples' ? '' : ` · ${formatWeight(weight, view)}`;
}

function diffRows(view: DiffView, tree: TreeModel, node: number): NodeDetails['rows'] {
  const [after, before] = tree.total;
  const [selfAfter, selfBefore] = tree.self;
  return [
    ['Total', changeRow(view, at(before, node), at(after, node))],
    ['Self', changeRow(view, at(selfBefore, node), at(selfAfter, node))],
  ];
}

/** `12.3 µs → 15.1 µs per request (+2.80 µs, +22.8 %)`. */
export function changeRow(view: DiffView, before: number, after: number): string {
  const format = formatDiffValue(view);
  const relative =
    before > 0 && after > 0
      ? `, ${formatChange((after - before) / before, (size) => `${formatDecimal(size * 100, 1)} %`)}`
      : '';
  const kind = before === 0 && after > 0 ? ', new' : after === 0 && before > 0 ? ', gone' : relative;
  const unit = view.unit === 'share' ? '' : ' per request';
  return after === before
    ? `${format(after)}${unit}, unchanged`
    : `${format(before)} → ${format(after)}${unit} (${formatChange(after - before, format)}${kind})`;
}

/** Returns the formatter for a diff's values. */
export function formatDiffValue(view: Pick<DiffView, 'unit'>): (value: number) => string {
  return view.unit === 'share' ? (value) => formatShare(value, 1) : microseconds;
}
