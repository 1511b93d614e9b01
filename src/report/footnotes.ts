import { formatSuperscript } from '../lib/format.js';

/** Numbers the remarks of one table; the same remark is one footnote, wherever it is marked. */
export class Footnotes {
  private readonly numbers = new Map<string, number>();

  /** The marks for some remarks, such as `¹ ³`; empty for none. */
  mark(remarks: readonly string[]): string {
    return remarks.map((remark) => formatSuperscript(this.numberOf(remark))).join(' ');
  }

  /** The footnotes in order, each with its mark. */
  lines(): string[] {
    return [...this.numbers].map(([remark, number]) => `${formatSuperscript(number)} ${remark}`);
  }

  private numberOf(remark: string): number {
    const known = this.numbers.get(remark);
    if (known !== undefined) return known;
    const number = this.numbers.size + 1;
    this.numbers.set(remark, number);
    return number;
  }
}
