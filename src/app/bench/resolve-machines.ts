import { parseHost } from '../../lib/parse-host.js';
import type { Roots } from '../../lib/roots.js';
import type { Engine } from '../../load/engine.js';
import { engineNamed } from '../../load/engines.js';
import { k6HostsEngine } from '../../load/k6/hosts-engine.js';
import { uploadK6 } from '../../load/k6/upload-k6.js';
import type { RemoteLoad } from '../../model/run.js';
import { MockProcessDriver } from '../../upstream/local-mock.js';
import { RemoteMockDriver } from '../../upstream/remote-mock.js';
import type { UpstreamDriver } from '../../upstream/upstream-driver.js';
import { otherHost } from './other-hosts.js';

/** What an app function needs of its caller. */
export interface RunContext {
  roots: Roots;
  /** Private key for the other hosts; undefined for what ssh uses. */
  identity: string | undefined;
  /** Of requests to a gateway that runs already, where a run of one is resumed. */
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** Takes progress, for people. */
  status: (text: string) => void;
}

export interface ResolvedEngine {
  engine: Engine;
  /** Null where it can run. */
  unavailable: { reason: string; hint: string } | null;
}

/** The load engine, on this machine or on other hosts, and whether it can run: it is asked here and nowhere else. */
export async function resolveEngine(
  name: string,
  remote: RemoteLoad | null,
  context: RunContext,
): Promise<ResolvedEngine> {
  const engine = remote === null ? engineNamed(name) : await remoteEngine(remote, context);
  // Only then do engines on other hosts know their version.
  return { engine, unavailable: await engine.unavailable() };
}

async function remoteEngine(remote: RemoteLoad, context: RunContext): Promise<Engine> {
  const { identity, roots, signal, status } = context;
  const shells = await Promise.all(remote.hosts.map((host) => otherHost(host, identity, roots)));
  return k6HostsEngine({
    shells,
    program:
      remote.program ??
      uploadK6(
        ({ host, version, path, bytes }) =>
          status(`sending k6 ${version} to ${host}:${path} (${Math.ceil(bytes / 1e6)} MB)`),
        signal,
      ),
    gatewayAddress: remote.gatewayAddress,
  });
}

/**
 * What starts the mock upstream.
 * @param host null for this machine
 * @throws ExpectedError if that host can't run it
 */
export async function resolveUpstream(host: string | null, context: RunContext): Promise<UpstreamDriver> {
  if (host === null) return new MockProcessDriver();
  const shell = await otherHost(host, context.identity, context.roots);
  return RemoteMockDriver.on(shell, parseHost(host).address, context.signal);
}
