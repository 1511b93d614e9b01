import { decimal } from '../../report/format.js';
import { formatChange, formatPlace, formatShare, formatWeight, microseconds } from './format-frame.js';
import type { NamedFrame } from './frames.js';
import type { DiffView, PageData, ProfileView } from './page-data.js';
import { at, type TreeModel } from './tree-model.js';

/** What is told of one frame in its place: a heading and lines of a word and a value. */
export interface NodeDetails {
  name: string;
  rows: [label: string, value: string][];
}

/** @param focus the node that is zoomed to, of which the share is told too; 0 where nothing is */
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

/** What its module doesn't tell already. */
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
    ...(focus === 0 ? [] : [['Of the zoomed', formatShare(total, at(weights, focus))] as [string, string]]),
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

/** Time and bytes beside the samples, which alone say little. */
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
  const words = formatDiffValue(view);
  const [from, to] = [before / view.scale, after / view.scale];
  const relative =
    before > 0 && after > 0
      ? `, ${formatChange((after - before) / before, (size) => `${decimal(size * 100, 1)} %`)}`
      : '';
  const kind = before === 0 && after > 0 ? ', new' : after === 0 && before > 0 ? ', gone' : relative;
  const unit = view.unit === 'share' ? '' : ' per request';
  return after === before
    ? `${words(to)}${unit}, unchanged`
    : `${words(from)} → ${words(to)}${unit} (${formatChange(to - from, words)}${kind})`;
}

/** How a value of a diff is written. */
export function formatDiffValue(view: Pick<DiffView, 'unit'>): (value: number) => string {
  return view.unit === 'share' ? (value) => formatShare(value, 1) : microseconds;
}
