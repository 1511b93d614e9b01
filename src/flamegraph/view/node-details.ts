import { formatDecimal } from '../../lib/format.js';
import { formatChange, formatPlace, formatShare, formatWeight, microseconds } from './format-frame.js';
import type { DiffView, NamedFrame, PageData, ProfileView } from './page-data.js';
import { at, type TreeModel } from './tree-model.js';

/** Details of a node: a heading, and labels with values. */
export interface NodeDetails {
  name: string;
  rows: [label: string, value: string][];
}

/** @param focus the zoomed node, for the share of it; 0 if none is */
export function nodeDetails(
  page: Pick<PageData, 'view' | 'categories'>,
  tree: TreeModel,
  frames: readonly NamedFrame[],
  node: number,
  focus: number,
): NodeDetails {
  const frame = frames[at(tree.frame, node)];
  const values =
    page.view.kind === 'profile' ? profileRows(page.view, tree, node, focus) : diffRows(page.view, tree, node);
  if (node === 0 || frame === undefined) return { name: 'All stacks', rows: values };
  const place = formatPlace(frame.file, frame.line);
  const rows: NodeDetails['rows'] = [
    ...(place === '' ? [] : [['File', place] as [string, string]]),
    ...(frame.module === '' ? [] : [['Module', `${frame.module}${formatKind(frame)}`] as [string, string]]),
    ['Category', page.categories[at(tree.category, node)]?.label ?? ''],
    ...values,
  ];
  return { name: frame.name, rows };
}

/** The kind, unless the module implies it. */
function formatKind({ kind, module }: NamedFrame): string {
  return kind === 'native' || kind === 'unknown' || module.startsWith('[') ? '' : ` (${kind})`;
}

function profileRows(view: ProfileView, tree: TreeModel, node: number, focus: number): NodeDetails['rows'] {
  const [weights, samples] = tree.total;
  const total = at(weights, node);
  const self = at(tree.self[0], node);
  const whole = at(weights, 0);
  const perRequest = view.usPerRequest;
  return [
    ['Total', `${formatShare(total, whole)} · ${formatSample(at(samples, node))}${inUnit(total, view)}`],
    ['Self', `${formatShare(self, whole)} · ${formatSample(at(tree.self[1], node))}${inUnit(self, view)}`],
    ...(focus === 0 ? [] : [['Of the zoomed frame', formatShare(total, at(weights, focus))] as [string, string]]),
    ...(perRequest === null
      ? []
      : [
          [
            `${view.measure} per request`,
            `${microseconds(total * perRequest)}, self ${microseconds(self * perRequest)}`,
          ] as [string, string],
        ]),
  ];
}

/** Time or bytes, to show beside the samples. */
function inUnit(weight: number, view: ProfileView): string {
  return view.unit === 'samples' ? '' : ` · ${formatWeight(weight, view.unit)}`;
}

function formatSample(samples: number): string {
  return formatWeight(samples, 'samples');
}

function diffRows(view: DiffView, tree: TreeModel, node: number): NodeDetails['rows'] {
  const [after, before] = tree.total;
  const [selfAfter, selfBefore] = tree.self;
  return [
    ['Total', changeRow(view, at(before, node), at(after, node))],
    ['Self', changeRow(view, at(selfBefore, node), at(selfAfter, node))],
  ];
}

/** `12.3 µs → 15.1 µs per request (+2.80 µs, +22.8 %)`. @param before and after as packed, scaled */
export function changeRow(view: DiffView, before: number, after: number): string {
  const format = formatDiffValue(view);
  const [from, to] = [before / view.scale, after / view.scale];
  const relative =
    before > 0 && after > 0
      ? `, ${formatChange((after - before) / before, (size) => `${formatDecimal(size * 100, 1)} %`)}`
      : '';
  const kind = before === 0 && after > 0 ? ', new' : after === 0 && before > 0 ? ', gone' : relative;
  const unit = view.unit === 'share' ? '' : ' per request';
  return after === before
    ? `${format(to)}${unit}, unchanged`
    : `${format(from)} → ${format(to)}${unit} (${formatChange(to - from, format)}${kind})`;
}

/** Returns the formatter for a diff's values. */
export function formatDiffValue(view: Pick<DiffView, 'unit'>): (value: number) => string {
  return view.unit === 'share' ? (value) => formatShare(value, 1) : microseconds;
}
