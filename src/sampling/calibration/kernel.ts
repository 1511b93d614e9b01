import type { KernelName } from '../../model/calibration.js';

/** A loop of one kind of work. */
export interface Kernel {
  name: KernelName;
  /**
   * Do the work so many times over.
   * @returns a number that depends on all of it, so that no compiler may leave it out
   */
  run(steps: number): number | Promise<number>;
  /** CPU microseconds that it runs before it counts, where the usual ones are too few. */
  warmUpUs?: number;
  /** Steps that go once through all the memory that should be in a cache: so many come first in each turn. */
  lapSteps?: number;
  /** Steps that are left where the work uses something up; without limit by default. */
  stepsLeft?(): number;
  /** Free what it holds. */
  close?(): void;
}
