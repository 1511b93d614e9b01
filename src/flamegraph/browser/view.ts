import type { Box, Layout } from '../view/boxes.js';
import type { NodeDetails } from '../view/node-details.js';
import type { NamedFrame } from '../view/page-data.js';
import type { Tick } from './draw-boxes.js';

/** One way to look at a profile. It knows what is drawn, and what a click does; drawing is common to all. */
export interface View {
  /** Of all boxes' nodes. */
  readonly frames: readonly NamedFrame[];
  /** Whether a reset changes anything. */
  readonly canReset: boolean;
  readonly resetLabel: string;
  layout(widthPx: number): Layout;
  /** An axis above the boxes; empty for none. */
  ticks(widthPx: number): Tick[];
  name(box: Box): string;
  /** For screen readers. */
  describe(box: Box): string;
  /** @param x in the drawing, where a box stands for more than one call */
  details(box: Box, x?: number): NodeDetails;
  /** Below the drawing; of the last layout. */
  note(): string;
  /** What a click or Enter does. @returns whether something changed */
  choose(box: Box, x?: number): boolean;
  /** What Escape does. */
  reset(): void;
  /** The box that the view is about, to keep it in sight. */
  isCentre(box: Box): boolean;
}
