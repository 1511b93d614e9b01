import { cpus as cpusOfMachine } from 'node:os';
import { countCpus } from '../lib/machine.js';
import type { InstallReceipt } from '../model/install-method.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';

/** Where nothing else is asked for, nobody but this machine can send anything. */
export const LOOPBACK = '127.0.0.1';

/** What the placeholders of a manifest stand for, see src/model/gateway.ts. */
export function templateVariables(input: {
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
  installDir: string;
  workDir: string;
  upstream: string;
  cpus: string | null;
  listen?: string;
}): Record<string, string> {
  const { gateway, receipt, installDir, workDir, upstream, cpus, listen = LOOPBACK } = input;
  const origin = new URL(upstream);
  const values: Record<string, string> = {
    folder: gateway.folder,
    work: workDir,
    upstream,
    listen,
    upstreamHost: origin.hostname,
    upstreamPort: origin.port,
    cores: String(cpus === null ? cpusOfMachine().length : countCpus(cpus)),
  };
  if (gateway.kind === 'direct') return values;
  values.version = gateway.version;
  values.install = installDir;
  values.port = String(gateway.process.port);
  if (receipt) values.entry = receipt.entry;
  for (const [name, port] of Object.entries(gateway.process.ports)) values[`ports.${name}`] = String(port);
  return values;
}
