import type { Scenario } from './scenario.js';

/** `TLS between client and gateway`, or null without any. */
export function formatTls({ tls }: Pick<Scenario, 'tls'>): string | null {
  if (tls === undefined) return null;
  if (tls.client && tls.upstream) return 'TLS on both sides of the gateway';
  return tls.client ? 'TLS between client and gateway' : 'TLS between gateway and upstream';
}
