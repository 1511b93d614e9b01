import { describe, expect, it } from 'vitest';
import { parseRuns } from '../../src/cloud/remote-results.js';

describe('runs of a host', () => {
  it('have their finished cells, and nothing else', () => {
    const runs = parseRuns(
      [
        'b/cells/direct-v50-r1/record.json',
        'b/run.json',
        'b/cells/.partial-nginx-v50-r1/record.json',
        'b/cells/.damaged-direct-v50-r1/record.json',
        'a/run.json',
        'b/report/record.json',
        'c/cells/orphan/record.json',
        '.hidden/run.json',
        '$(reboot)/run.json',
        'b/cells/$(reboot)/record.json',
        '',
      ].join('\n'),
    );
    expect(runs).toEqual(
      new Map([
        ['b', ['direct-v50-r1']],
        ['a', []],
      ]),
    );
  });
});
