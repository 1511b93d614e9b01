import { describe, expect, it } from 'vitest';
import { threadsFor } from '../../../src/load/wrk/threads.js';

describe('threadsFor', () => {
  it.each([
    [1, 8, 1],
    [500, 8, 1],
    [1000, 8, 2],
    [1000, 1, 1],
    [5000, 8, 8],
    // Divisors only: three threads would open 999 connections.
    [1000, 3, 2],
    [1009, 8, 1],
  ])('%i VUs on %i cores: %i', (vus, cores, threads) => {
    expect(threadsFor(vus, cores)).toBe(threads);
    expect(vus % threadsFor(vus, cores)).toBe(0);
  });
});
