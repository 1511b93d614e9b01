import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escaped, junitXml } from '../../src/report/junit-xml.js';

describe('junitXml', () => {
  it('counts how tests came out, in their suite and in all', () => {
    const passed = { classname: 'a', name: '1', timeS: 1.23456, result: { kind: 'passed' } as const, output: 'fine' };
    const xml = junitXml('all', [
      {
        name: 'a',
        cases: [
          passed,
          { ...passed, name: '2', output: '', result: { kind: 'skipped', message: 'no "reason"' } },
          { ...passed, name: '3', result: { kind: 'failure', message: 'bad', type: 'crashed', text: 'log\nend' } },
        ],
      },
      { name: 'b', cases: [{ ...passed, classname: 'b', timeS: 0, result: { kind: 'error', message: 'odd' } }] },
    ]);
    expect(xml.split('\n')).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="all" tests="4" failures="1" errors="1">' +
        '<testsuite name="a" tests="3" failures="1" errors="0" skipped="1" time="3.704">' +
        '<testcase classname="a" name="1" time="1.235"><system-out>fine</system-out></testcase>',
      '<testcase classname="a" name="2" time="1.235"><skipped message="no &quot;reason&quot;"/></testcase>',
      '<testcase classname="a" name="3" time="1.235"><failure message="bad" type="crashed">log&#10;end</failure>',
      '<system-out>fine</system-out></testcase></testsuite>',
      '<testsuite name="b" tests="1" failures="0" errors="1" skipped="0" time="0">' +
        '<testcase classname="b" name="1" time="0"><error message="odd"/>',
      '<system-out>fine</system-out></testcase></testsuite></testsuites>',
      '',
    ]);
  });

  it('keeps text as text, whatever it is', () => {
    expect(escaped('<a b="c">&\n\u0000\uD800')).toBe('&lt;a b=&quot;c&quot;&gt;&amp;&#10;\uFFFD\uFFFD');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escaped(text)).toMatch(
          /^(?:&(?:amp|lt|gt|quot|#9|#10|#13);|[ !#-%'-;=?-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}])*$/u,
        );
      }),
    );
  });
});
