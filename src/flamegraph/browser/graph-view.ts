import { formatDecimal } from '../../lib/format.js';
import { type Box, flameLayout, type Layout } from '../view/boxes.js';
import { frameName, type NodeDetails, nodeDetails } from '../view/node-details.js';
import type { NamedFrame, PageData } from '../view/page-data.js';
import type { FramedTree } from '../view/profile-model.js';
import { at, type TreeModel } from '../view/tree-model.js';
import { type Visible, visibleNodes } from '../view/visible-nodes.js';
import type { View } from './view.js';

/** Smaller frames can't be seen or pointed at. */
export const LIMITS = { minPx: 0.6, maxNodes: 6000, maxLevels: 200, maxCallers: 40 };

/** The flame graph: merged stacks, the heaviest first. */
export class GraphView implements View {
  readonly frames: readonly NamedFrame[];
  readonly #page: PageData;
  readonly #tree: TreeModel;
  #icicle: boolean;
  /** Which of the two values the widths show. */
  #which: 0 | 1;
  #focus = 0;
  #visible: Visible | null = null;

  constructor(page: PageData, { tree, frames }: FramedTree, { icicle, which }: { icicle: boolean; which: 0 | 1 }) {
    this.#page = page;
    this.#tree = tree;
    this.frames = frames;
    this.#icicle = icicle;
    this.#which = which;
  }

  readonly resetLabel = 'Reset zoom';

  get canReset(): boolean {
    return this.#focus !== 0;
  }

  /** The function of the zoomed frame; -1 if there is none. */
  get zoomedFunction(): number {
    return this.frames[at(this.#tree.frame, this.#focus)]?.function ?? -1;
  }

  set icicle(icicle: boolean) {
    this.#icicle = icicle;
  }

  set which(which: 0 | 1) {
    this.#which = which;
    // The zoomed frame may not exist on this side.
    if (at(this.#tree.total[which], this.#focus) === 0) this.#focus = 0;
  }

  layout(widthPx: number): Layout {
    const visible = visibleNodes(this.#tree, this.#focus, this.#which, { ...LIMITS, widthPx });
    this.#visible = visible;
    return flameLayout(this.#tree, visible, widthPx, this.#icicle);
  }

  ticks(): [] {
    return [];
  }

  name({ node, hiddenCallers, hiddenLevels }: Box): string {
    if (hiddenCallers > 0) return `… ${formatDecimal(hiddenCallers, 0)} callers`;
    const name = frameName(this.#tree, this.frames, node);
    return hiddenLevels > 0 ? `${name}  ▾ ${formatDecimal(hiddenLevels, 0)} more levels` : name;
  }

  describe(box: Box): string {
    const total = this.#tree.total[this.#which];
    const share = at(total, box.node) / at(total, 0);
    return `${this.name(box)}, ${formatDecimal(share * 100, 2)} %`;
  }

  details({ node }: Box): NodeDetails {
    const total = this.#tree.total[0];
    const part = this.#focus === 0 ? null : { label: 'Of the zoomed frame', value: at(total, this.#focus) };
    return nodeDetails(this.#page, this.#tree, this.frames, node, { whole: at(total, 0), part, hasSelf: true });
  }

  note(): string {
    const zoomed =
      this.#focus === 0 ? 'Click a frame to zoom in.' : `Zoomed to ${frameName(this.#tree, this.frames, this.#focus)}.`;
    return `${zoomed}${hiddenNote(this.#visible)}`;
  }

  choose({ node, hiddenLevels }: Box): boolean {
    this.#focus = node === this.#focus && hiddenLevels === 0 ? 0 : node;
    return true;
  }

  reset(): void {
    this.#focus = 0;
  }

  isCentre({ node }: Box): boolean {
    return node === this.#focus;
  }
}

/** What isn't drawn, as the end of a note. */
export function hiddenNote(visible: Visible | null): string {
  if (visible === null) return '';
  const { drawn, tooNarrow, tooDeep } = visible;
  const hidden = [
    ...(tooNarrow > 0 ? [`${formatDecimal(tooNarrow, 0)} too narrow`] : []),
    ...(tooDeep > 0 ? [`${formatDecimal(tooDeep, 0)} too deep`] : []),
  ];
  return hidden.length === 0
    ? ''
    : ` ${formatDecimal(drawn, 0)} frames drawn, ${hidden.join(' and ')} to draw: zoom in, or search, which covers all frames.`;
}
