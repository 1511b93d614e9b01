/** A thread of wrk drives this many connections with ease; more threads than needed only take turns (ours). */
const CONNECTIONS_PER_THREAD = 500;

/**
 * How many threads wrk gets. It gives each `connections / threads`, rounded down, and opens no more: so only a divisor
 * of the VUs gives every VU its connection.
 */
export function threadsFor(vus: number, cores: number): number {
  const most = Math.min(cores, Math.ceil(vus / CONNECTIONS_PER_THREAD));
  for (let threads = most; threads > 1; threads--) if (vus % threads === 0) return threads;
  return 1;
}
