/** What the mock upstream's latency may be, for help and errors. Its schema is in scenario.ts: this file loads no zod. */
export const LATENCY_EXAMPLES =
  'a duration such as 60ms, or normal(60ms,5ms), lognormal(p50=60ms,p99=200ms) or bimodal(60ms,200ms,0.1)';
