import { mean } from '../mser.js';
import { tCritical } from './distributions.js';
import { LEVEL, type MeanInterval } from './interval.js';

/** A value, and what is known of the conditions it was measured in: on average 0, by design and not by the data. */
export interface Controlled {
  value: number;
  control: number;
}

/** A mean from which the control was taken. */
export interface ControlledInterval extends MeanInterval {
  /** How much a value rises with its control. */
  slope: number;
  /** Between value and control, -1 to 1. */
  correlation: number;
}

/**
 * Mean of values with a control variate whose mean is known to be 0 (Lavenberg and Welch 1981): the regression of value
 * on control, taken at control 0, with n - 2 degrees of freedom. Exact for normal values. Estimating the slope costs:
 * the variance is `(1 - correlation^2) * (n - 2) / (n - 3)` of the plain mean's, and t has one degree of freedom less.
 *
 * The control's mean has to be known. Centring a control on its own sample mean leaves the estimate as it is and only
 * hides variance: such an interval covers the mean far too seldom.
 * @returns null for fewer than three values, or a control that never varies
 */
export function controlledMean(values: readonly Controlled[], level = LEVEL): ControlledInterval | null {
  const n = values.length;
  if (n < 3) return null;
  const meanValue = mean(values.map(({ value }) => value));
  const meanControl = mean(values.map(({ control }) => control));
  let squares = 0;
  let controlSquares = 0;
  let products = 0;
  for (const { value, control } of values) {
    squares += (value - meanValue) ** 2;
    controlSquares += (control - meanControl) ** 2;
    products += (value - meanValue) * (control - meanControl);
  }
  if (!(controlSquares > 0)) return null;
  const slope = products / controlSquares;
  const df = n - 2;
  const sd = Math.sqrt(Math.max(0, squares - slope * products) / df);
  const estimate = meanValue - slope * meanControl;
  const half = tCritical(level, df) * sd * Math.sqrt(1 / n + meanControl ** 2 / controlSquares);
  const correlation = squares > 0 ? products / Math.sqrt(squares * controlSquares) : 0;
  return { estimate, low: estimate - half, high: estimate + half, n, sd, df, slope, correlation };
}
