import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { compiledProgram } from '../../src/lib/paths.js';
import { freePort } from './free-port.js';

/** The real mock as somebody's endpoint, with a key. */
export interface LiveEndpoint {
  origin: string;
  /** Chat completions that it was asked for since it was started. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

export async function liveEndpoint(key: string, ...flags: string[]): Promise<LiveEndpoint> {
  const port = await freePort();
  const all = ['--port', String(port), '--contract', 'full', '--api-key', key, '--quiet', ...flags];
  const child = spawn(process.execPath, [compiledProgram('mock-upstream/main'), ...all], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    requests: async () => {
      const response = await fetch(`${origin}/__stats`);
      const { requests } = (await response.json()) as { requests: number };
      return requests;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** TLS before it, with a certificate that openssl signs by itself. */
export async function tlsBefore(
  { origin }: LiveEndpoint,
  folder: string,
): Promise<{ origin: string; ca: string; close(): void }> {
  const [ca, key] = [join(folder, 'ca.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', ca],
    ],
    { stdio: 'pipe' },
  );
  const { port } = new URL(origin);
  const server: Server = createServer({ key: readFileSync(key), cert: readFileSync(ca) }, (client) => {
    const upstream = connect(Number(port), '127.0.0.1');
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: tlsPort } = server.address() as AddressInfo;
  return { origin: `https://127.0.0.1:${tlsPort}`, ca, close: () => server.close() };
}

/** Files below a folder that hold a text. */
export async function filesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path, 'utf8')).includes(text)) found.push(path);
  }
  return found;
}
