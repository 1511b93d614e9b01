import { describe, expect, test } from 'vitest';
import { flameSvg } from '../../src/flamegraph/svg.js';
import { CATEGORY_STYLE } from '../../src/report/profiles/category-colours.js';
import { EXAMPLE_STACKS, exampleProfile, MAIN, PARSE } from '../support/example-profile.js';

/** Left edge, top edge, width and colour of the box with a tooltip that begins so. */
function box(svg: string, name: string) {
  const found = new RegExp(
    `<title>${name},.*?</title><rect x="([\\d.]+)" y="([\\d.]+)" width="([\\d.]+)"[^>]*fill="([^"]+)"`,
  ).exec(svg);
  if (found === null) throw new Error(`${name} isn't drawn`);
  return { x: Number(found[1]), y: Number(found[2]), width: Number(found[3]), colour: found[4] };
}

describe('a static flame graph', () => {
  const svg = flameSvg(exampleProfile(EXAMPLE_STACKS));

  test('draws each function as wide as its share, in the colour of its category', () => {
    const all = box(svg, 'All stacks');
    expect(all.width).toBeCloseTo(1176, -1);
    expect(box(svg, 'parseJson').width / all.width).toBeCloseTo(0.3, 2);
    expect(box(svg, 'parseJson').colour).toBe(CATEGORY_STYLE.json.colour);
    expect(svg).toContain('<title>parseJson, JSON, 30.0 %, 30 samples, 300 µs per request</title>');
  });

  test('stands on its root, or hangs from it', () => {
    expect(box(svg, 'main').y).toBeLessThan(box(svg, 'All stacks').y);
    const icicle = flameSvg(exampleProfile(EXAMPLE_STACKS), { direction: 'icicle' });
    expect(box(icicle, 'main').y).toBeGreaterThan(box(icicle, 'All stacks').y);
  });

  test('names the categories that it shows, and no others', () => {
    const legend = svg.slice(0, svg.indexOf('<title>'));
    expect(legend).toContain('>Garbage collection<');
    expect(legend).not.toContain('>TLS<');
  });

  test('leaves out what is too narrow, and says how much that is', () => {
    const narrow = exampleProfile([
      [[MAIN], 9990],
      [[MAIN, PARSE], 5],
      [[MAIN, { name: 'tiny' }], 5],
    ]);
    const drawn = flameSvg(narrow);
    expect(drawn).not.toContain('<title>tiny');
    expect(drawn).toContain('Frames under 0.10 % of all are left out, with 0.10 % of the time.');
  });

  test('holds no script, and hostile names are text', () => {
    const hostile = ['<script>alert(1)</script>', '"><image href="x"/>', '\u0000\u001b[31m\ud800', ']]>'];
    const drawn = flameSvg(
      exampleProfile(
        hostile.map((name) => [[{ name }], 10]),
        { title: hostile.join('') },
      ),
    );
    expect(drawn).not.toMatch(/<script|<image|<a /);
    expect([...drawn].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
  });

  test('draws the outermost hundred of 5,000 levels', () => {
    const deep = Array.from({ length: 5000 }, (_, level) => ({ name: `level${level}` }));
    const drawn = flameSvg(exampleProfile([[deep, 10]]));
    expect(drawn.match(/<title>/g)).toHaveLength(100);
    expect(drawn).toContain('deeper than 100 levels');
  });

  test('says of an empty profile that it is one', () => {
    expect(flameSvg(exampleProfile([]))).toContain('0 samples');
  });
});
