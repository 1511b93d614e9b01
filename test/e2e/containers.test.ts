import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { MOCK_TEXT } from '../../common/mock-text.js';
import { findInstallation } from '../../src/install/receipt.js';
import { isListening, listenersOf } from '../../src/lib/listeners.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { rootsOf } from '../../src/lib/roots.js';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import { CellRecord } from '../../src/model/record.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { type CliResult, cli, startCli } from '../support/cli.js';
import { engineMissing, NODE_INSIDE, TestEngine } from '../support/docker-engine.js';
import { freePort } from '../support/free-port.js';

const roots = rootsOf();
const portkey = findGateway(await readGateways(roots.gateways), 'portkey');
if (portkey.kind !== 'process') throw new Error('portkey runs as a process');
const found = await findInstallation(roots.installs, portkey);
const missing = engineMissing() ?? (found.valid ? null : found.reason);
if (missing !== null) process.stderr.write(`\nSKIPPED on this machine: gateways in containers: ${missing}\n`);

// Ports of their own: on its usual ones somebody else's gateway may run, and would be killed in its place.
const PORTKEY_PORT = await freePort();
const STUBBORN_PORT = await freePort();
const MOCK_PORT = await freePort();
const SHORT = [
  '-s',
  'quick',
  '--vus',
  '20',
  '--warmup',
  '2s',
  '--duration',
  '5s',
  '--retry-invalid',
  '0',
  '--no-calibration',
  '--cooldown',
  '0s',
  '--idle',
  '1s',
  '--recovery',
  '1s',
  '--mock-port',
  String(MOCK_PORT),
];

describe.skipIf(missing !== null)('gateways in containers of a real Docker engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-containers-'));
  const gateways = join(folder, 'gateways');
  let engine: TestEngine;

  beforeAll(async () => {
    if (!found.valid) return;
    engine = await TestEngine.start();
    const image = engine.importNodeImage({ '/app/node_modules': join(found.folder, 'node_modules') });
    writeGateways(gateways, image);
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const bench = (name: string, args: string[]) =>
    startCli(
      ['bench', '--gateways-dir', gateways, '--runtime', 'docker', '--out', join(folder, name), ...SHORT, ...args],
      engine.environment,
    );
  const runOf = (name: string) => join(folder, name, readdirSync(join(folder, name))[0] ?? '');
  const cellFile = (name: string, cell: string, file: string) =>
    readFileSync(join(runOf(name), 'cells', cell, file), 'utf8');
  const recordsOf = (name: string): CellRecord[] =>
    readdirSync(join(runOf(name), 'cells')).map((cell) =>
      CellRecord.parse(JSON.parse(cellFile(name, cell, 'record.json'))),
    );
  const succeeded = (result: CliResult) => expect(result.exitCode, result.stderr).toBe(0);
  const nothingLeft = () => {
    expect(engine.containers()).toEqual([]);
    expect(isListening(PORTKEY_PORT)).toBe(false);
  };

  it('are measured beside processes in one run, from the outside', async () => {
    const result = await bench('beside', ['-g', 'direct,portkey,portkey:process']).done;
    succeeded(result);
    const records = recordsOf('beside');
    const inside = records.find(({ gateway }) => gateway.runtime.kind === 'container');
    const outside = records.find(({ cell }) => cell.variant === 'process');
    expect(outside?.gateway.runtime).toEqual({ kind: 'process' });
    expect(inside?.gateway).toMatchObject({
      installedBy: 'docker image',
      pinnedBy: expect.stringMatching(/^image ID sha256:/),
    });
    for (const record of [inside, outside]) {
      expect(record?.outcome.kind, JSON.stringify(record?.outcome)).toMatch(/^(ok|invalid)$/);
      expect(record?.requests?.ok).toBeGreaterThan(20);
      expect(record?.resources.gateway?.cpuUsPerRequest).toBeGreaterThan(0);
      // The engine's init is not the gateway, and neither is its log client.
      expect(record?.resources.gateway?.processesMax).toBe(1);
      expect(record?.resources.gateway?.descriptorsMax).toBeGreaterThan(20);
    }
    // The same program on the same machine: what differs is small beside what it takes.
    const ratio = (inside?.resources.gateway?.pssBytesMax ?? 0) / (outside?.resources.gateway?.pssBytesMax ?? 1);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
    process.stderr.write(`\n${figures('container', inside)}\n${figures('process', outside)}\n`);
    const report = readFileSync(join(runOf('beside'), 'report', 'report.md'), 'utf8');
    expect(report).toMatch(/\| Portkey +\| docker \S+ container /);
    expect(report).toMatch(/\| Portkey as a process +\| process /);
    nothingLeft();
  });

  it('keep their log', () => {
    expect(cellFile('beside', 'portkey-v20-r1', 'gateway.log')).toContain('Ready for connections');
  });

  it('that are killed in mid-window are recorded as crashed, with the evidence', async () => {
    const running = bench('killed', ['-g', 'portkey', '--duration', '60s']);
    expect(await waitUntil(() => isListening(PORTKEY_PORT), 60_000)).toBe(true);
    // Verification, idle samples and warm-up are over by then.
    await sleep(9_000);
    for (const pid of listenersOf(PORTKEY_PORT)) process.kill(pid, 'SIGKILL');
    succeeded(await running.done);
    const [record] = recordsOf('killed');
    expect(record?.outcome).toMatchObject({ kind: 'crashed', signal: 'SIGKILL', exitCode: null, phase: 'window' });
    expect(record?.outcome).toHaveProperty('reason', expect.stringContaining('docker reports exit code 137'));
    expect(JSON.stringify(record?.outcome)).toContain('Ready for connections');
    nothingLeft();
  });

  it.each([
    ['once', 1, 130],
    ['twice', 2, 130],
  ])('leave nothing when the run is interrupted %s', async (name, times, exitCode) => {
    const running = bench(`interrupted-${name}`, ['-g', 'portkey', '--duration', '60s']);
    expect(await waitUntil(() => isListening(PORTKEY_PORT), 60_000)).toBe(true);
    await sleep(1_000);
    for (let sent = 0; sent < times; sent++) {
      running.child.kill('SIGINT');
      await sleep(50);
    }
    expect((await running.done).exitCode).toBe(exitCode);
    nothingLeft();
  });

  it('get files read-only and the manifest’s environment alone, and are killed where they don’t stop', async () => {
    const result = await bench('stubborn', ['-g', 'stubborn']).done;
    succeeded(result);
    const [record] = recordsOf('stubborn');
    expect(record?.outcome.kind, JSON.stringify(record?.outcome)).toMatch(/^(ok|invalid)$/);
    expect(record?.gates.find(({ gate }) => gate === 'stop')?.message).toMatch(/was killed/);
    const log = cellFile('stubborn', 'stubborn-v20-r1', 'gateway.log');
    const told = JSON.parse(/^told (.*)$/m.exec(log)?.[1] ?? '{}');
    expect(told).toEqual({
      write: 'EROFS',
      port: String(STUBBORN_PORT),
      home: '/',
      leaked: [],
      files: expect.any(String),
    });
    expect(engine.containers()).toEqual([]);
    expect(isListening(STUBBORN_PORT)).toBe(false);
  });

  it.each([
    ['no-program', /docker could not start the container: .*no-such-program/],
    ['no-program-under-init', /ended with exit code 127 before it was ready\n.*no-such-program/],
  ])('that can’t start say why: %s', async (variant, why) => {
    const result = await bench(variant, ['-g', `stubborn:${variant}`]).done;
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(why);
    nothingLeft();
  });

  it('are skipped with the remedy where the image or the engine is missing', async () => {
    const plan = ['plan', '--gateways-dir', gateways, '--runtime', 'docker', '-g', 'portkey:elsewhere'];
    const noImage = await cli(plan, engine.environment);
    expect(noImage.stdout).toMatch(/skipped.*is not on this machine \(docker pull example\.org\/none@sha256:0{64}\)/);
    const noEngine = await cli(plan, { DOCKER_HOST: `unix://${join(folder, 'nobody')}` });
    expect(noEngine.stdout).toMatch(/skipped.*docker is not responding/);
  });

  it('are not charged with the death of their engine, and leave no process', async () => {
    const other = await TestEngine.start();
    try {
      const places = join(folder, 'other-gateways');
      const modules = { '/app/node_modules': join(found.valid ? found.folder : '', 'node_modules') };
      writeGateways(places, other.importNodeImage(modules));
      const out = ['--out', join(folder, 'engine-died'), '--gateways-dir', places];
      const args = ['bench', '--runtime', 'docker', ...out, ...SHORT, '-g', 'portkey', '--duration', '60s'];
      const running = startCli(args, other.environment);
      expect(await waitUntil(() => isListening(PORTKEY_PORT), 60_000)).toBe(true);
      await sleep(6_000);
      other.kill();
      expect((await running.done).exitCode).toBe(1);
      expect(recordsOf('engine-died')[0]?.outcome).toMatchObject({
        kind: 'failed',
        stage: 'load',
        error: expect.stringContaining('docker has stopped responding'),
      });
      expect(isListening(PORTKEY_PORT)).toBe(false);
    } finally {
      await other.stop();
    }
  });

  it('that were left behind are found by doctor', async () => {
    engine.docker([
      'create',
      '--name',
      'gatebench-left',
      '--label',
      'gatebench.gateway=x',
      imageOf(gateways),
      NODE_INSIDE,
    ]);
    const result = await cli(['doctor', '--gateways-dir', gateways], engine.environment);
    engine.docker(['rm', 'gatebench-left']);
    expect(result.stdout).toMatch(/containers: docker: .*gatebench-left/);
    expect(result.stdout).toContain('docker rm --force gatebench-left');
  });
});

function figures(name: string, record: CellRecord | undefined): string {
  const tree = record?.resources.gateway;
  const pss = ((tree?.pssBytesMax ?? Number.NaN) / 2 ** 20).toFixed(0);
  return `${name}: ${record?.ratePerSec?.toFixed(0)} req/s, p50 ${((record?.latencyUs?.p50 ?? Number.NaN) / 1000).toFixed(1)} ms, ${tree?.cpuUsPerRequest?.toFixed(0)} CPU µs/request, PSS ${pss} MiB`;
}

function imageOf(gateways: string): string {
  return /image: (sha256:\S+)/.exec(readFileSync(join(gateways, 'stubborn', 'gateway.yaml'), 'utf8'))?.[1] ?? '';
}

/** Portkey with an image, and as a process whatever the runtime; and a gateway that tells what it is given. */
function writeGateways(to: string, image: string): void {
  mkdirSync(join(to, 'stubborn'), { recursive: true });
  for (const name of ['direct', 'portkey'])
    cpSync(join(PACKAGE_ROOT, 'gateways', name), join(to, name), { recursive: true });
  const manifest = parseDocument(readFileSync(join(to, 'portkey', 'gateway.yaml'), 'utf8'));
  const entry = '/app/node_modules/@portkey-ai/gateway/build/start-server.js';
  const container = { image, command: [NODE_INSIDE, entry, '--headless', '--port={port}'] };
  manifest.set('container', manifest.createNode(container));
  manifest.setIn(['process', 'port'], PORTKEY_PORT);
  manifest.set(
    'variants',
    manifest.createNode({
      process: { title: 'Portkey as a process', container: null },
      elsewhere: { container: { image: `example.org/none@sha256:${'0'.repeat(64)}` } },
    }),
  );
  writeFileSync(join(to, 'portkey', 'gateway.yaml'), String(manifest));
  writeFileSync(join(to, 'stubborn', 'server.cjs'), STUBBORN);
  writeFileSync(
    join(to, 'stubborn', 'gateway.yaml'),
    `schemaVersion: 1
kind: process
name: stubborn
title: Stubborn
language: JavaScript
colour: "#123456"
version: "1"
install: [{ method: existing, variable: GATEBENCH_STUBBORN_BIN }]
versionProbe: { from: command, command: ["{entry}"], pattern: (.*) }
process:
  command: [unused]
  port: ${STUBBORN_PORT}
  health: { path: /, timeoutS: 30 }
  stop: { graceS: 1 }
container:
  image: ${image}
  command: [${NODE_INSIDE}, /srv/server.cjs]
  environment: { HOME: /, PORT: "{port}" }
  files: [{ template: server.cjs, to: /srv/server.cjs }]
  user: "65534:65534"
variants:
  no-program:
    container: { image: "${image}", command: [/no-such-program], init: false }
  no-program-under-init:
    container: { image: "${image}", command: [/no-such-program] }
`,
  );
}

/** Answers as a gateway does, tells what it sees of its container, and does not stop. */
const STUBBORN = `
const fs = require('node:fs');
const http = require('node:http');
let write = 'written';
try { fs.writeFileSync(__filename, ''); } catch (error) { write = error.code; }
const files = /open files +(\\S+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1];
const leaked = Object.keys(process.env).filter((name) => /VITEST|GATEBENCH|DOCKER/.test(name));
const { PORT: port, HOME: home } = process.env;
console.log('told ' + JSON.stringify({ write, port, home, leaked, files }));
process.on('SIGTERM', () => {});
const answer = JSON.stringify({
  id: 'x', object: 'chat.completion', created: 1, model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: ${JSON.stringify(MOCK_TEXT)} }, finish_reason: 'stop' }],
});
http.createServer((request, response) => {
  request.resume();
  request.on('end', () => setTimeout(() => response.end(answer), 20));
}).listen(Number(port), '127.0.0.1');
`;
