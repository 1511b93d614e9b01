import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wcagContrast } from 'culori';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { type GatewaySummary, summarise } from '../../src/analysis/summary.js';
import {
  colourDifference,
  drawnGateways,
  lineShape,
  MIN_DIFFERENCE,
  mix,
  PALETTE,
} from '../../src/report/chart-style.js';
import { GATEWAYS, readManifest } from '../gateways/read.js';
import { type CellFacts, recordOf, runOf } from '../support/record-builder.js';

const PAPER = '#ffffff';
const DARK_PAGE = '#121212';

function summariesOf(gateways: readonly Pick<CellFacts, 'gateway' | 'variant' | 'colour'>[]): GatewaySummary[] {
  const records = gateways.map((facts) => recordOf({ ...facts, vus: 50 }));
  return summarise(runOf(records), deriveRun(records));
}

function leastDifference(colours: readonly string[]): number {
  return Math.min(
    ...colours.flatMap((first, index) => colours.slice(index + 1).map((second) => colourDifference(first, second))),
  );
}

describe('the palette', () => {
  it('has colours that everyone can tell apart, and see on white', () => {
    expect(PALETTE.length).toBeGreaterThanOrEqual(10);
    expect(leastDifference(PALETTE)).toBeGreaterThanOrEqual(MIN_DIFFERENCE);
    for (const colour of PALETTE) expect(wcagContrast(colour, PAPER), colour).toBeGreaterThanOrEqual(3);
  });

  it('is what the published gateways take theirs from', () => {
    const { gateways } = parse(readFileSync(join(GATEWAYS, 'sets.yaml'), 'utf8')).sets.published;
    for (const name of gateways) expect(PALETTE, name).toContain(readManifest(name).colour);
  });
});

describe('ten gateways', () => {
  const ten = (colourOf: (index: number) => string) =>
    drawnGateways(
      summariesOf(Array.from({ length: 10 }, (_, index) => ({ gateway: `g${index}`, colour: colourOf(index) }))),
    );

  it('can be told apart, even if all ask for one colour', () => {
    const gateways = ten(() => '#d62728');
    expect(gateways[0]?.look.colour).toBe('#d62728');
    const colours = gateways.map(({ look }) => look.colour);
    expect(leastDifference(colours)).toBeGreaterThanOrEqual(MIN_DIFFERENCE - 2);
    expect(leastDifference(gateways.map(({ look }) => look.colourOnDark))).toBeGreaterThan(4);
    for (const { look } of gateways) expect(wcagContrast(look.colourOnDark, DARK_PAGE)).toBeGreaterThanOrEqual(3);
  });

  it('keep the colours of their manifests where those can be told apart, on dark pages too', () => {
    const gateways = ten((index) => PALETTE[index] ?? '');
    expect(gateways.map(({ look }) => look.colour)).toEqual(PALETTE.slice(0, 10));
    expect(leastDifference(gateways.map(({ look }) => look.colourOnDark))).toBeGreaterThan(5.5);
  });

  it('differ in shape and dashes too', () => {
    const shapes = Array.from({ length: 42 }, (_, index) => JSON.stringify(lineShape(index)));
    expect(new Set(shapes).size).toBe(42);
  });
});

describe('a variant', () => {
  const [blue = ''] = PALETTE.filter((colour) => colour === '#2b8cf0');

  it('is a shade of its gateway, wherever it stands in the plan', () => {
    const [variant, own] = drawnGateways(
      summariesOf([
        { gateway: 'litellm', variant: 'workers', colour: blue },
        { gateway: 'litellm', colour: blue },
      ]),
    );
    expect(own?.look.colour).toBe(blue);
    expect(variant?.look.colour).toBe(mix(blue, '#000000', 0.35));
  });
});

describe('a variant without its gateway', () => {
  it('has the colour of its gateway', () => {
    const [first = '', second = ''] = PALETTE;
    const [variant] = drawnGateways(
      summariesOf([
        { gateway: 'litellm', variant: 'workers', colour: first },
        { gateway: 'portkey', colour: second },
      ]),
    );
    expect(variant?.look.colour).toBe(first);
  });
});

describe('colourDifference', () => {
  it('is what the eyes see that tell least apart', () => {
    // Pure red and a green as bright: far apart for most, close without red or green cones.
    expect(colourDifference('#ff0000', '#ff0000')).toBe(0);
    expect(colourDifference('#d62728', '#2ca02c')).toBeLessThan(20);
    expect(colourDifference('#000000', '#ffffff')).toBeGreaterThan(90);
  });

  it('refuses what is no colour', () => {
    expect(() => colourDifference('red-ish', '#000000')).toThrow('"red-ish" is not a colour');
  });
});
