import { z } from 'zod';
import { LATENCY_PATTERN, parseLatency } from '../../common/latency.js';

export const LATENCY_EXAMPLES =
  'a duration such as 60ms, or normal(60ms,5ms), lognormal(p50=60ms,p99=200ms) or bimodal(60ms,200ms,0.1)';

/** The mock upstream's latency, as its `--latency` takes it. */
export const Latency = z
  .string()
  .regex(LATENCY_PATTERN, { error: LATENCY_EXAMPLES, abort: true })
  .superRefine((text, context) => {
    const parsed = parseLatency(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.why });
  });
