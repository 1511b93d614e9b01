import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseHost } from '../../lib/parse-host.js';
import type { Roots } from '../../lib/roots.js';
import { MockProcessDriver } from '../../upstream/local-mock.js';
import { RemoteMockDriver } from '../../upstream/remote-mock.js';
import type { UpstreamDriver } from '../../upstream/upstream-driver.js';
import { otherHost } from './other-hosts.js';

export interface UpstreamHostOptions {
  upstreamHost?: string;
}

export function addUpstreamHostOption(command: Command): void {
  command.addOption(
    new Option(
      '--upstream-host <user@host>',
      'host that the mock upstream runs on, with :port of its ssh where it is not 22 (default: this machine)',
    ).argParser(parseUpstreamHost),
  );
}

/**
 * @param upstreamHost of the run; undefined for this machine
 * @throws ExpectedError where that host can't run it
 */
export async function mockDriverFor(
  upstreamHost: string | undefined,
  identity: string | undefined,
  roots: Roots,
  signal: AbortSignal,
): Promise<UpstreamDriver> {
  if (upstreamHost === undefined) return new MockProcessDriver();
  return RemoteMockDriver.on(await otherHost(upstreamHost, identity, roots), parseHost(upstreamHost).address, signal);
}

/** It stays text, as the run records it. */
function parseUpstreamHost(text: string): string {
  const { address } = parseHost(text);
  if (/^(localhost|127\..*|::1)$/.test(address)) {
    throw new InvalidArgumentError('that is this machine, where the mock runs anyway: leave it out');
  }
  return text;
}
