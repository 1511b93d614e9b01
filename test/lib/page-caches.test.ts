import { expect, it } from 'vitest';
import { pageCacheProblem } from '../../src/lib/page-caches.js';

it('says why page caches can’t be dropped', () => {
  expect(pageCacheProblem('/dev/null')).toBeNull();
  expect(pageCacheProblem('/proc/sys/vm/nowhere')).toContain('ENOENT');
});
