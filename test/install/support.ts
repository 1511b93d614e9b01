import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { InstallContext } from '../../src/install/installer.js';
import { GatewayManifest } from '../../src/model/gateway.js';
import type { InstallMethod } from '../../src/model/install-method.js';
import { type ProcessGateway, resolveVariant } from '../../src/model/resolved-gateway.js';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gatebench-install-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A gateway called "tiny" with these install methods, and whatever else of the manifest is given. */
export function tinyGateway(folder: string, install: unknown[], more: Record<string, unknown> = {}): ProcessGateway {
  const manifest = GatewayManifest.parse({
    schemaVersion: 1,
    kind: 'process',
    name: 'tiny',
    title: 'Tiny',
    language: 'sh',
    colour: '#112233',
    version: '1.0.0',
    install,
    versionProbe: { from: 'command', command: ['{entry}', '--version'], pattern: 'tiny v?(\\S+)' },
    process: { command: ['{entry}'], port: 8999, health: { path: '/' } },
    ...more,
  });
  const gateway = resolveVariant(manifest, 'default', folder);
  if (gateway.kind !== 'process') throw new Error('tiny is a process');
  return gateway;
}

/** A context that keeps its log, with an empty target folder. */
export async function contextFor(
  gateway: ProcessGateway,
  signal: AbortSignal = new AbortController().signal,
): Promise<InstallContext & { lines: string[] }> {
  const target = join(await temporaryFolder(), 'target');
  await mkdir(target);
  const lines: string[] = [];
  return { gateway, target, signal, lines, log: (line) => lines.push(line) };
}

/** A gateway's one method of this name, as its installer takes it. */
export function onlyMethod<W extends InstallMethod['method']>(
  gateway: ProcessGateway,
  name: W,
): Extract<InstallMethod, { method: W }> {
  const method = gateway.install.find((candidate) => candidate.method === name);
  if (method === undefined) throw new Error(`${gateway.name} has no method ${name}`);
  return method as Extract<InstallMethod, { method: W }>;
}

/** A program that says its version, as a shell script. */
export function tinyProgram(version: string): string {
  return `#!/bin/sh\necho "tiny ${version}"\n`;
}

/** A server on a free port of this machine, closed after the test. @returns its origin */
export async function localServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Serves these bodies by path, and 404 for anything else. */
export function serve(bodies: Record<string, string | Buffer>): RequestListener {
  return (request, response) => {
    const body = bodies[request.url ?? ''];
    response.statusCode = body === undefined ? 404 : 200;
    response.end(body);
  };
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** This platform in the manifests' spelling. */
export const HOST = `${process.platform}-${{ x64: 'amd64' }[process.arch as string] ?? process.arch}`;

/** Run a program that a test needs to build its material with. */
export function run(command: string, args: string[], cwd?: string): string {
  const result = spawnSync(command, args, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}${result.error ?? ''}`);
  return result.stdout;
}

/** Whether a program can be run here; a test that needs it says so where it can't. */
export function canRun(command: string, args: string[]): boolean {
  const can = spawnSync(command, args).status === 0;
  if (!can) process.stdout.write(`SKIPPED: tests that need ${command}, which can't be run here\n`);
  return can;
}

/** Set environment variables for this test only. */
export function setEnvironment(values: Record<string, string>): void {
  const before = Object.fromEntries(Object.keys(values).map((key) => [key, process.env[key]]));
  Object.assign(process.env, values);
  onTestFinished(() => {
    for (const [key, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  });
}
