import { z } from 'zod';

/*
 * What a stored figure can be at all. These bounds are far outside of what a run measures: a value beyond one was not
 * measured, the file was damaged or edited. Figures that may be below 0 by their nature, such as a gate's value, have none.
 */

/** How many there were of something. */
export const Count = z.number().int().min(0);

/** Per second. */
export const Rate = z.number().min(0).max(1e9);

/** Twelve days: windows are at most one. */
const MAX_S = 1e6;
export const Seconds = z.number().min(0).max(MAX_S);
export const Microseconds = z
  .number()
  .min(0)
  .max(MAX_S * 1e6);

/** Of processes: 100 % is one CPU, and Linux has at most 8,192 of them. Twice that, as readings are jittery. */
export const CpuPercent = z.number().min(0).max(1_638_400);

/** Of a whole: 100 % is all of it. The kernel's counters are read one after another, so that a little more is possible. */
export const Percent = z.number().min(0).max(110);

/** 0 to 1, with the same allowance. */
export const Share = z.number().min(0).max(1.1);

/** An eighth of a 64-bit address space, still a safe integer. */
export const Bytes = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** When something happened: ISO 8601 in UTC. */
export const Moment = z.iso.datetime();
