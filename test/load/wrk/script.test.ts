import { describe, expect, it } from 'vitest';
import { lua, wrkScript } from '../../../src/load/wrk/script.js';
import { aSpec } from '../external/spec.js';

describe('lua', () => {
  it.each([
    ['plain text', '"plain text"'],
    ['a "quote"\\', '"a \\034quote\\034\\092"'],
    ['line\n1', '"line\\0101"'],
    ['é]]', '"\\195\\169]]"'],
  ])('%j is one Lua string', (text, literal) => {
    expect(lua(text)).toBe(literal);
  });
});

describe('wrkScript', () => {
  const spec = aSpec({ headers: { 'content-type': 'application/json', 'x-odd': 'a"]b' }, body: '{"a":"\n"}' });

  it('sends what the spec says', () => {
    const script = wrkScript(spec, '/tmp/result.json', false);
    expect(script).toContain('wrk.method = "POST"');
    expect(script).toContain('wrk.headers["x-odd"] = "a\\034]b"');
    expect(script).toContain('wrk.body = "{\\034a\\034:\\034\\010\\034}"');
  });

  it('looks at answers only where it is told to: a response function alone costs as much as the requests', () => {
    expect(wrkScript(spec, '/tmp/result.json', false)).not.toMatch(/function response\b/);
    expect(wrkScript(spec, '/tmp/result.json', true)).toMatch(/function response\b/);
  });
});
