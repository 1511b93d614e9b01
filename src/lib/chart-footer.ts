import type { SKRSContext2D } from 'canvas';
import type { LayoutItem } from 'chart.js';
import type { DrawnNote } from './drawing.js';

const FONT = '13px "DejaVu Sans"';
const INK = '#444444';

const LINE_HEIGHT = 18;
const PADDING_TOP = 6;
/** Between a number and its note. */
const NUMBER_GAP = 8;

/** Numbered notes below a chart, broken between words, as a box of Chart.js' layout. */
export class ChartFooter implements LayoutItem {
  readonly position = 'bottom';
  /** Below the legend, whose weight is 1000. */
  readonly weight = 3000;
  readonly fullSize = true;
  readonly options = {};
  width = 0;
  height = 0;
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;
  private lines: { number: string; text: string }[] = [];

  constructor(
    private readonly context: SKRSContext2D,
    private readonly notes: readonly DrawnNote[],
  ) {}

  isHorizontal(): boolean {
    return true;
  }

  update(width: number): void {
    const { context } = this;
    context.save();
    context.font = FONT;
    const widthOf = (text: string) => context.measureText(text).width;
    const indent = this.indent(widthOf);
    this.lines = this.notes.flatMap(({ number, text }) =>
      brokenLines(text, width - indent, widthOf).map((line, index) => ({
        number: index === 0 && number !== null ? String(number) : '',
        text: line,
      })),
    );
    context.restore();
    this.width = width;
    this.height = this.lines.length === 0 ? 0 : PADDING_TOP + this.lines.length * LINE_HEIGHT;
  }

  draw(): void {
    const { context, left, top } = this;
    context.save();
    context.font = FONT;
    context.fillStyle = INK;
    context.textBaseline = 'middle';
    const indent = this.indent((text) => context.measureText(text).width);
    for (const [index, { number, text }] of this.lines.entries()) {
      const middle = top + PADDING_TOP + (index + 0.5) * LINE_HEIGHT;
      context.textAlign = 'right';
      if (number !== '') context.fillText(number, left + indent - NUMBER_GAP, middle);
      context.textAlign = 'left';
      context.fillText(text, left + indent, middle);
    }
    context.restore();
  }

  /** Where the notes begin, to the right of their numbers. */
  private indent(widthOf: (text: string) => number): number {
    const numbers = this.notes.flatMap(({ number }) => number ?? []);
    return numbers.length === 0 ? 0 : Math.max(...numbers.map((number) => widthOf(String(number)))) + NUMBER_GAP;
  }
}

/** Lines that are no wider, broken between words, and within one that is too wide by itself. */
export function brokenLines(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => brokenWord(each, width, widthOf))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function brokenWord(word: string, width: number, widthOf: (text: string) => number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && widthOf(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
