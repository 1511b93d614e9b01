import type { Claim, ClaimSource, Claims } from '../../src/model/claims.js';

function sourceOf(facts: Partial<ClaimSource> = {}): ClaimSource {
  return {
    title: 'An article',
    publisher: 'somebody',
    url: 'https://example.com/article',
    date: '2026-03-26',
    hardware: 'a machine',
    cpus: 8,
    upstreamLatencyMs: 60,
    payload: null,
    method: 'k6',
    checked: { kind: 'stored-copy', of: 'the article' },
    ...facts,
  };
}

/** Claims with a source each; `facts` are those of sources that are to be something special. */
export function claimsOf(
  claims: Claim[],
  facts: Record<string, Partial<ClaimSource>> = {},
  shapes: Claims['shapes'] = [],
): Claims {
  const names = new Set([...claims, ...shapes].map(({ source }) => source));
  const sources = Object.fromEntries([...names].map((name) => [name, sourceOf(facts[name])]));
  return { about: '', sources, profiles: [], shapes, claims };
}

/** A rate of Ferro at 50 VUs, unless said otherwise. */
export function claimOf(facts: Partial<Claim> = {}): Claim {
  return {
    gateway: 'ferro',
    version: '1.0.0',
    metric: 'rps',
    value: 800,
    load: { model: 'closed', vus: 50 },
    source: 'article',
    ...facts,
  };
}
