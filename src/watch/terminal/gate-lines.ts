import type { Fallen, GateTally } from '../run-view.js';
import { cropped, type Line, padded, type Style, span, widthOf } from './spans.js';

const COUNTS = ['unknown', 'pass', 'warn', 'invalid'] as const;
const COUNT_STYLES: Record<(typeof COUNTS)[number], Style> = {
  unknown: 'dim',
  pass: 'good',
  warn: 'warning',
  invalid: 'bad',
};
const COUNT_COLUMNS = 9;
const GATE_COLUMNS = 22;

/** Of {@link gatePanel}. */
export const PANEL_COLUMNS = GATE_COLUMNS + COUNTS.length * COUNT_COLUMNS;

/** A line for each gate: how often it was passed, and not. */
export function gatePanel(gates: readonly GateTally[]): Line[] {
  const head: Line = [
    ...padded([span('gates', 'dim')], GATE_COLUMNS),
    ...COUNTS.flatMap((verdict) => padded([span(verdict, 'dim')], COUNT_COLUMNS, 'start')),
  ];
  if (gates.length === 0) return [head, [span('no cell has ended yet', 'dim')]];
  return [
    head,
    ...gates.map((tally): Line => {
      const worst = COUNTS.findLast((verdict) => tally[verdict] > 0) ?? 'unknown';
      return [
        ...padded([span(tally.gate, worst === 'pass' ? 'plain' : COUNT_STYLES[worst])], GATE_COLUMNS),
        ...COUNTS.flatMap((verdict) =>
          padded(
            [span(String(tally[verdict]), tally[verdict] === 0 ? 'dim' : COUNT_STYLES[verdict])],
            COUNT_COLUMNS,
            'start',
          ),
        ),
      ];
    }),
  ];
}

/** All gates in one line. */
export function gateSummary(gates: readonly GateTally[], columns: number): Line {
  const total = (verdict: (typeof COUNTS)[number]) => gates.reduce((sum, tally) => sum + tally[verdict], 0);
  const [passed, warned, invalid] = [total('pass'), total('warn'), total('invalid')];
  if (gates.length === 0) return cropped([span('gates  ', 'dim'), span('no cell has ended yet', 'dim')], columns);
  return cropped(
    [
      span('gates  ', 'dim'),
      span(`${passed} passed`, 'good'),
      ...(warned === 0 ? [] : [span(', ', 'dim'), span(`${warned} warned`, 'warning')]),
      ...(invalid === 0 ? [] : [span(', ', 'dim'), span(`${invalid} invalid`, 'bad')]),
    ],
    columns,
  );
}

const FALLEN_STYLES: Record<Fallen['verdict'], Style> = {
  warn: 'warning',
  invalid: 'bad',
  crashed: 'bad',
  failed: 'bad',
};
const VERDICT_COLUMNS = 9;

/** The newest gates that were not passed and cells that broke, a line each. */
export function fallenLines(fallen: readonly Fallen[], count: number, columns: number): Line[] {
  const shown = fallen.slice(0, count);
  const longest = Math.max(0, ...shown.map(({ name }) => widthOf([span(name)])));
  const names = Math.min(longest, Math.floor(columns / 3));
  return shown.map(({ name, gate, verdict, message }) =>
    cropped(
      [
        ...padded([span(verdict === 'warn' ? 'warning' : verdict, FALLEN_STYLES[verdict])], VERDICT_COLUMNS),
        ...padded([span(name)], names),
        span(gate === null ? '  ' : `  ${gate}: `, 'bold'),
        span(message, 'dim'),
      ],
      columns,
    ),
  );
}
