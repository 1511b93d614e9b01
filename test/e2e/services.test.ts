import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGateway } from '../../src/install/install-gateway.js';
import { isListening } from '../../src/lib/listeners.js';
import type { InstallReceipt } from '../../src/model/install-method.js';
import { CellRecord } from '../../src/model/record.js';
import type { ProcessGateway } from '../../src/model/resolved-gateway.js';
import { fakeGateway, runOneCell } from '../support/cell-runner.js';
import { FAKE_ENVIRONMENT } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const hasApt = spawnSync('apt-get', ['--version']).status === 0 && spawnSync('dpkg-deb', ['--version']).status === 0;
const major = hasApt ? /^VERSION_ID="?(\d+)/m.exec(spawnSync('cat', ['/etc/os-release']).stdout.toString())?.[1] : null;
const missing = major === '12' ? null : 'its packages are those of Debian 12';
if (missing)
  process.stderr.write(`\nSKIPPED on this machine: real Redis and PostgreSQL beside a gateway: ${missing}\n`);

const REDIS_PORT = await freePort();
const POSTGRES_PORT = await freePort();
const POSTGRES = '{install}/usr/lib/postgresql/15/bin';

const REDIS = {
  title: 'Redis',
  install: [
    {
      method: 'deb-unpack',
      packages: [
        'redis-server',
        'redis-tools',
        'libjemalloc2',
        'liblua5.1-0',
        'liblzf1',
        'libhiredis0.14',
        'lua-bitop',
        'lua-cjson',
        'libatomic1',
      ],
      program: 'usr/bin/redis-server',
    },
  ],
  version: { command: ['{entry}', '--version'], pattern: 'v=(\\S+)' },
  command: ['{entry}', '--port', '{port}', '--bind', '{listen}', '--dir', '{work}', '--save', '', '--appendonly', 'no'],
  port: REDIS_PORT,
  ready: { command: ['{install}/usr/bin/redis-cli', '-p', '{port}', '-e', 'ping'] },
};

const POSTGRESQL = {
  title: 'PostgreSQL',
  install: [
    {
      method: 'deb-unpack',
      packages: ['postgresql-15', 'postgresql-client-15', 'libpq5', 'libicu72', 'libxml2', 'libxslt1.1', 'libllvm14'],
      program: 'usr/lib/postgresql/15/bin/postgres',
    },
  ],
  version: { command: ['{entry}', '--version'], pattern: '\\(PostgreSQL\\) (\\S+)' },
  prepare: [[`${POSTGRES}/initdb`, '-D', '{work}/data', '-U', 'postgres', '--auth', 'trust', '--no-sync']],
  command: ['{entry}', '-D', '{work}/data', '-p', '{port}', '-h', '{listen}', '-k', '{work}'],
  port: POSTGRES_PORT,
  ready: { command: [`${POSTGRES}/pg_isready`, '-h', '{listen}', '-p', '{port}', '-U', 'postgres'] },
  afterStart: [[`${POSTGRES}/createdb`, '-h', '{listen}', '-p', '{port}', '-U', 'postgres', 'gateway']],
  // It refuses to be root.
  user: 'nobody',
  stop: { signal: 'SIGINT', graceS: 10 },
};

/** How many requests the fake gateway has counted in Redis. */
async function countInRedis(): Promise<number> {
  const socket = connect(REDIS_PORT, '127.0.0.1').on('error', () => {});
  socket.write('GET requests\r\n');
  const [reply] = await once(socket, 'data');
  socket.destroy();
  return Number(/^\$\d+\r\n(\d+)/.exec(String(reply))?.[1] ?? 0);
}

describe.skipIf(missing !== null)('real services beside a gateway', { timeout: 600_000 }, () => {
  const gateway = fakeGateway(
    'redis',
    { environment: { REDIS_PORT: '{services.redis.port}' } },
    { services: { redis: REDIS, postgres: POSTGRESQL } },
  ) as ProcessGateway;
  let root = '';
  let installed: { receipt: InstallReceipt; installDir: string };

  beforeAll(async () => {
    // Not below a folder that only root may enter: PostgreSQL runs as another user.
    root = await realpath(await mkdtemp(join(tmpdir(), 'gatebench-services-')));
    spawnSync('chmod', ['755', root]);
    Object.assign(process.env, FAKE_ENVIRONMENT);
    const lines: string[] = [];
    const result = await installGateway(gateway, {
      root,
      signal: new AbortController().signal,
      onLine: (line) => lines.push(line),
    });
    if (result.outcome !== 'installed') throw new Error(`${JSON.stringify(result)}\n${lines.slice(-20).join('\n')}`);
    installed = { receipt: result.receipt, installDir: result.folder };
  }, 300_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('are Debian’s, with their versions', () => {
    const { redis, postgres } = installed.receipt.services;
    expect(redis).toMatchObject({ version: expect.stringMatching(/^7\./), method: 'deb-unpack' });
    expect(postgres).toMatchObject({ version: expect.stringMatching(/^15\./) });
    expect(postgres?.pinnedBy).toMatch(/^apt signature \(.*postgresql-15 15\./);
  });

  it('are started, measured and ended with it, and Redis takes what the gateway sends it', async () => {
    const counts: Promise<number>[] = [];
    const record = await runOneCell(gateway, aScenario({ durationS: 3 }), {
      installed,
      onEvent: (event) => event.type === 'load' && counts.push(countInRedis()),
    });
    expect(Math.max(...(await Promise.all(counts)))).toBeGreaterThan(20);
    expect(CellRecord.parse(record)).toEqual(record);
    expect(record.outcome.kind).not.toBe('failed');
    expect(record.requests?.ok).toBeGreaterThan(50);
    expect(record.gateway.services.map(({ title }) => title)).toEqual(['Redis', 'PostgreSQL']);
    // PostgreSQL has half a dozen processes.
    expect(record.resources.services?.processesMax).toBeGreaterThan(4);
    expect(record.resources.services?.cpuUsPerRequest).toBeGreaterThan(0);
    expect(record.resources.gateway?.processesMax).toBe(1);
    expect([REDIS_PORT, POSTGRES_PORT].filter(isListening)).toEqual([]);
  });
});
