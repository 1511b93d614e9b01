import type { KernelName } from '../../model/calibration.js';

/** A loop of one kind of work. */
export interface Kernel {
  name: KernelName;
  /**
   * Do the work so many times over.
   * @returns a number that depends on all of it, so that no compiler may leave it out
   */
  run(steps: number): number | Promise<number>;
  /** Steps that are left where the work uses something up; without limit by default. */
  stepsLeft?(): number;
  /** Free what it holds. */
  close?(): void;
}
