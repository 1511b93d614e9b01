import { formatDecimal } from '../../lib/format.js';
import { type Box, type Layout, sandwichLayout } from '../view/boxes.js';
import { formatShare } from '../view/format-frame.js';
import { frameName, type NodeDetails, nodeDetails } from '../view/node-details.js';
import type { NamedFrame } from '../view/page-data.js';
import type { FramedTree, ProfileModel } from '../view/profile-model.js';
import { type Sandwich, sandwichOf } from '../view/sandwich.js';
import { at } from '../view/tree-model.js';
import { visibleBelow } from '../view/visible-nodes.js';
import { hiddenNote, LIMITS } from './graph-view.js';
import type { View } from './view.js';

/** The function is the only child of both roots. */
const CENTRE = 1;

/** All that calls one function, above it, and all that it calls, below it. */
export class SandwichView implements View {
  readonly #model: ProfileModel;
  readonly #framed: FramedTree;
  readonly #history: number[] = [];
  #function: number;
  #sandwich: Sandwich;
  #hidden = '';

  constructor(model: ProfileModel, framed: FramedTree, centre: number) {
    this.#model = model;
    this.#framed = framed;
    this.#function = centre;
    this.#sandwich = sandwichOf(framed, centre);
  }

  readonly resetLabel = 'Back';

  get frames(): readonly NamedFrame[] {
    return this.#framed.frames;
  }

  get centre(): number {
    return this.#function;
  }

  /** Whether there is a function to go back to. */
  get canReset(): boolean {
    return this.#history.length > 0;
  }

  show(centre: number): void {
    if (centre === this.#function) return;
    this.#history.push(this.#function);
    this.#take(centre);
  }

  layout(widthPx: number): Layout {
    const limits = { ...LIMITS, maxNodes: LIMITS.maxNodes / 2, widthPx };
    const { callers, callees } = this.#sandwich;
    const above = visibleBelow(callers, CENTRE, 0, limits);
    const below = visibleBelow(callees, CENTRE, 0, limits);
    this.#hidden = hiddenNote({
      ...below,
      drawn: above.drawn + below.drawn - 1,
      tooNarrow: above.tooNarrow + below.tooNarrow,
      tooDeep: above.tooDeep + below.tooDeep,
    });
    return sandwichLayout({ tree: callers, visible: above }, { tree: callees, visible: below }, widthPx);
  }

  ticks(): [] {
    return [];
  }

  name({ tree, node, hiddenLevels }: Box): string {
    const name = frameName(tree, this.frames, node);
    return hiddenLevels > 0 ? `${name}  ▾ ${formatDecimal(hiddenLevels, 0)} more levels` : name;
  }

  describe(box: Box): string {
    const role = this.isCentre(box) ? '' : box.tree === this.#sandwich.callers ? 'caller ' : 'callee ';
    return `${role}${this.name(box)}, ${formatShare(at(this.#treeOf(box).total[0], box.node), this.#whole())}`;
  }

  details(box: Box): NodeDetails {
    const tree = this.#treeOf(box);
    const part = this.isCentre(box)
      ? null
      : { label: `Of ${this.#model.functionName(this.#function)}`, value: at(tree.total[0], CENTRE) };
    const context = { whole: this.#whole(), part, hasSelf: tree === this.#sandwich.callees };
    return nodeDetails(this.#model.page, tree, this.frames, box.node, context);
  }

  note(): string {
    return `${this.#model.functionName(this.#function)} with its callers and callees.${this.#hidden}`;
  }

  choose({ tree, node }: Box): boolean {
    const chosen = this.frames[at(tree.frame, node)]?.function ?? -1;
    if (chosen < 0 || chosen === this.#function) return false;
    this.show(chosen);
    return true;
  }

  reset(): void {
    const last = this.#history.pop();
    if (last !== undefined) this.#take(last);
  }

  isCentre({ tree, node }: Box): boolean {
    return tree === this.#sandwich.callees && node === CENTRE;
  }

  #take(centre: number): void {
    this.#function = centre;
    this.#sandwich = sandwichOf(this.#framed, centre);
  }

  #treeOf({ tree }: Box) {
    return tree === this.#sandwich.callers ? this.#sandwich.callers : this.#sandwich.callees;
  }

  #whole(): number {
    return at(this.#framed.tree.total[0], 0);
  }
}
