import { describe, expect, it } from 'vitest';
import { equalSegments } from '../../../src/load/k6/segments.js';

describe('equalSegments', () => {
  it('follow on one another from 0 to 1, and all know all bounds', () => {
    expect(equalSegments(3)).toEqual([
      { segment: '0:1/3', sequence: '0,1/3,2/3,1' },
      { segment: '1/3:2/3', sequence: '0,1/3,2/3,1' },
      { segment: '2/3:1', sequence: '0,1/3,2/3,1' },
    ]);
    expect(equalSegments(1)).toEqual([{ segment: '0:1', sequence: '0,1' }]);
  });
});
