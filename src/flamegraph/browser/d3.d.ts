/** The parts of d3-flame-graph 5 and d3-selection 3 that the page uses. They have no types of their own. */

declare module 'd3-selection' {
  export interface Selection<Datum> {
    selectAll(selector: string): Selection<unknown>;
    datum<D>(datum: D): Selection<D>;
    call(apply: (selection: Selection<Datum>) => unknown): Selection<Datum>;
    on<E extends Event>(
      type: string,
      listener: ((this: Element, event: E, datum: Datum) => void) | null,
    ): Selection<Datum>;
    each(visit: (this: Element, datum: Datum) => void): Selection<Datum>;
  }
  export function select(element: Element): Selection<unknown>;
}

declare module 'd3-flame-graph' {
  import type { Selection } from 'd3-selection';

  /** A node after the layout. */
  export interface LaidOut<Data> {
    data: Data;
    depth: number;
    x0: number;
    x1: number;
    children?: LaidOut<Data>[];
    parent: LaidOut<Data> | null;
  }

  export interface Tip {
    (): void;
    show(event: MouseEvent, node: unknown): void;
    hide(): void;
    destroy(): void;
  }

  export interface FlameGraph<Data> {
    (selection: Selection<Data>): void;
    width(px: number): this;
    height(px: number): this;
    cellHeight(px: number): this;
    inverted(rootAtTheTop: boolean): this;
    transitionDuration(ms: number): this;
    tooltip(tip: Tip): this;
    getName(name: (node: LaidOut<Data>) => string): this;
    getValue(value: (data: Data) => number): this;
    setColorMapper(colour: (node: LaidOut<Data>, original: string) => string): this;
    destroy(): this;
  }

  export default function flamegraph<Data>(): FlameGraph<Data>;
}
