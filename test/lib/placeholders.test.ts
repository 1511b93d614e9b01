import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src/lib/errors.js';
import { fillTemplate, placeholdersIn } from '../../src/lib/placeholders.js';

const values = { work: '/w', port: '8080', 'ports.status': '8100', upstream: 'http://127.0.0.1:9000' };

describe('fillTemplate', () => {
  it('fills every occurrence, dotted names too', () => {
    expect(fillTemplate('{work}/a {work}/b {ports.status}', values)).toBe('/w/a /w/b 8100');
  });

  it.each([
    ['JSON', '{"a": {"b": "{port}"}}', '{"a": {"b": "8080"}}'],
    ['compact JSON', '{"a":{"b":{}}}', '{"a":{"b":{}}}'],
    ['an nginx block', 'server { listen {port}; location / { } }', 'server { listen 8080; location / { } }'],
    ['an nginx variable', `set $a \${port};`, `set $a \${port};`],
    ['a repetition count', '^[a-z]{2,3}{4}$', '^[a-z]{2,3}{4}$'],
    ['a YAML flow mapping', 'strategy: { mode: single }', 'strategy: { mode: single }'],
  ])('leaves the braces of %s alone', (_what, template, filled) => {
    expect(fillTemplate(template, values)).toBe(filled);
  });

  it('refuses a placeholder that it does not know, naming it, its line and the known ones', () => {
    const attempt = () => fillTemplate('first: {port}\nsecond: {wrok}', values);
    expect(attempt).toThrow(ExpectedError);
    expect(attempt).toThrow('unknown placeholder {wrok} in "second: {wrok}"');
    try {
      attempt();
    } catch (error) {
      expect((error as ExpectedError).hint).toContain('{ports.status}');
    }
  });

  it('knows nothing that every object has', () => {
    expect(() => fillTemplate('{constructor}', values)).toThrow('unknown placeholder {constructor}');
  });

  it('does not search what it has filled in, nor read $ in it', () => {
    expect(fillTemplate('{work}', { work: '{port} $& $1' })).toBe('{port} $& $1');
  });

  it('returns any text without placeholders as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(placeholdersIn(text).length === 0);
        expect(fillTemplate(text, {})).toBe(text);
      }),
    );
  });
});

describe('placeholdersIn', () => {
  it('lists each once, in order', () => {
    expect(placeholdersIn(`{b} {a} {b} {ports.x} \${no} { no }`)).toEqual(['b', 'a', 'ports.x']);
  });
});
