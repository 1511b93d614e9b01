import {
  clampChroma,
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  formatHex,
  lch,
  type Rgb,
  rgb,
} from 'culori';
import type { GatewaySummary } from '../analysis/summary.js';
import { DEFAULT_VARIANT } from '../model/resolved-gateway.js';

/** Chart.js' shape of a point and its rotation in degrees. All of them have an inside, so that each can be hollow. */
export interface PointShape {
  style: 'circle' | 'rect' | 'triangle' | 'rectRot';
  rotation: 0 | 90 | 180 | 270;
}

/** How a line is told apart from others without colour. */
export interface LineShape {
  point: PointShape;
  /** Lengths of dashes and gaps in pixels, as canvas and SVG take them; empty for a solid line. */
  dash: readonly number[];
}

/** How a gateway looks in every chart of a run. */
export interface GatewayLook extends LineShape {
  /** `#rrggbb`, for white paper. */
  colour: string;
  /** The same, lighter, for a dark page. */
  colourOnDark: string;
}

/** A gateway, or one of its variants, as charts know it. */
export interface DrawnGateway {
  summary: GatewaySummary;
  look: GatewayLook;
}

const POINTS: readonly PointShape[] = [
  { style: 'circle', rotation: 0 },
  { style: 'rect', rotation: 0 },
  { style: 'triangle', rotation: 0 },
  { style: 'rectRot', rotation: 0 },
  { style: 'triangle', rotation: 180 },
  { style: 'triangle', rotation: 90 },
  { style: 'triangle', rotation: 270 },
];
/** One fewer than shapes: 42 lines go by before a pair of both repeats. */
const DASHES: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [12, 4, 2, 4], [16, 5], [5, 5]];

/**
 * Colours that all {@link VISIONS} can tell apart, by lightness where hues look the same, and that have a contrast of 3:1
 * to white. The manifests' colours are from here.
 */
export const PALETTE: readonly string[] = [
  '#4d525a',
  '#00827f',
  '#e97000',
  '#8a35d0',
  '#24570f',
  '#2b8cf0',
  '#7d6800',
  '#e0669f',
  '#1b2a80',
  '#4a2400',
];

/** CIEDE2000: below it two lines are hard to tell apart at a glance. */
export const MIN_DIFFERENCE = 7.5;

const VARIANT_SHADE = 0.35;
/** Lightness (CIE L*) on a dark page, from that on white: none is darker than 44, and the light ones keep their hue. */
const lightnessOnDark = (lightness: number) => 30 + 0.76 * lightness;

/** Everyone's eyes, and those that lack one kind of cones: one man in twelve has such eyes, or nearly. */
const VISIONS: readonly ((colour: Rgb) => Rgb)[] = [
  (colour) => colour,
  filterDeficiencyProt(1),
  filterDeficiencyDeuter(1),
  filterDeficiencyTrit(1),
];
const ciede2000 = differenceCiede2000();

/**
 * Gateways with their looks, in the order in which every chart and legend lists them: the plan's. A gateway has its
 * manifest's colour, and a variant beside it a shade of that; where this is too close to another's of this run, it gets
 * the colour of {@link PALETTE} that is furthest from those.
 */
export function drawnGateways(summaries: readonly GatewaySummary[]): DrawnGateway[] {
  const colours = new Map<GatewaySummary, string>();
  // Variants come last: it is they who give way.
  const isVariant = ({ planned }: GatewaySummary) => planned.variant !== DEFAULT_VARIANT;
  for (const summary of [...summaries.filter((each) => !isVariant(each)), ...summaries.filter(isVariant)]) {
    const own = summary.info?.colour ?? '#777777';
    const wanted = isVariant(summary) ? [own, mix(own, '#000000', VARIANT_SHADE)] : [own];
    colours.set(summary, apartFrom([...colours.values()], wanted));
  }
  return summaries.map((summary, index) => {
    const colour = colours.get(summary) ?? '#777777';
    return { summary, look: { colour, colourOnDark: onDark(colour), ...lineShape(index) } };
  });
}

/** Shape and dashes of the line at a place in a chart; what follows one another has both different. */
export function lineShape(index: number): LineShape {
  return {
    point: POINTS[index % POINTS.length] ?? { style: 'circle', rotation: 0 },
    dash: DASHES[index % DASHES.length] ?? [],
  };
}

/** The first of the colours that are wanted that can be told from those that are taken, else the one that best can. */
function apartFrom(taken: readonly string[], wanted: readonly string[]): string {
  const distance = (colour: string) => Math.min(Infinity, ...taken.map((other) => colourDifference(colour, other)));
  const fitting = wanted.find((colour) => distance(colour) >= MIN_DIFFERENCE);
  return (
    fitting ?? [...wanted, ...PALETTE].reduce((best, colour) => (distance(colour) > distance(best) ? colour : best))
  );
}

/** How different two colours are to the eyes that see the least difference (CIEDE2000: 1 is just seen side by side). */
export function colourDifference(first: string, second: string): number {
  const [a, b] = [parsed(first), parsed(second)];
  return Math.min(...VISIONS.map((seen) => ciede2000(seen(a), seen(b))));
}

function onDark(colour: string): string {
  const light = lch(parsed(colour));
  return formatHex(clampChroma({ ...light, l: lightnessOnDark(light.l) }, 'lch'));
}

function parsed(colour: string): Rgb {
  const known = rgb(colour);
  if (known === undefined) throw new RangeError(`"${colour}" is not a colour`);
  return known;
}

/** A colour between two, `#rrggbb`. @param share of the second, 0 to 1 */
export function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
