import { describe, expect, it } from 'vitest';
import { cpuList, parseCpuList } from '../../src/model/cpus.js';

describe('CPU lists', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['5,0-2,1', [0, 1, 2, 5]],
  ])('%s is read', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  it.each(['', 'a', '3-1', '0,', '0--1', '0-99999', '-1'])('"%s" is none', (text) => {
    expect(parseCpuList(text)).toBeNull();
  });

  it.each([
    [[3], '3'],
    [[2, 0, 1], '0-2'],
    [[0, 2, 3, 7, 3], '0,2-3,7'],
  ])('%j is written', (cpus, text) => {
    expect(cpuList(cpus)).toBe(text);
    expect(parseCpuList(text)).toEqual([...new Set(cpus)].sort((a, b) => a - b));
  });
});
