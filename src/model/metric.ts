import { z } from 'zod';

/** What gateways are compared by. */
export const MetricName = z.enum([
  'rate',
  'p50',
  'p95',
  'p99',
  'overheadP50',
  'overheadP99',
  'cpuUsPerRequest',
  'rss',
  'pss',
]);
export type MetricName = z.infer<typeof MetricName>;
