import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isListening } from '../../src/lib/listeners.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { LivePair, LiveRecord } from '../../src/model/live.js';
import { cli, startCli } from '../support/cli.js';
import { DIRECT, FAKE_ENVIRONMENT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { filesWith, type LiveEndpoint, liveEndpoint, tlsBefore } from '../support/live-endpoint.js';

const KEY = 'sk-live-0123456789abcdef';
const PORT = await freePort();
const BROKEN_PORT = await freePort();

let folder: string;
let gateways: { path: string; remove(): Promise<void> };
let endpoint: LiveEndpoint;
let environment: Record<string, string>;

beforeAll(async () => {
  const keyed = { request: { headers: { Authorization: 'Bearer {upstreamKey}' } } };
  const [program = '', ...args] = fakeManifest('talks', PORT, 'ok').process.command;
  gateways = await gatewaysFolder([
    DIRECT,
    {
      ...fakeManifest('talks', PORT, 'ok', {
        // Whatever a gateway says of its key.
        command: ['sh', '-c', 'echo "my key is $UPSTREAM_KEY"; exec "$0" "$@"', program, ...args],
        environment: { UPSTREAM_KEY: '{upstreamKey}' },
      }),
      ...keyed,
    },
    { ...fakeManifest('broken', BROKEN_PORT, 'error500'), ...keyed },
    fakeManifest('own-key', await freePort(), 'ok'),
  ]);
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  endpoint = await liveEndpoint(KEY, '--latency', '5ms');
  environment = {
    ...FAKE_ENVIRONMENT,
    GATEBENCH_INSTALL_DIR: join(folder, 'installs'),
    GATEBENCH_UPSTREAM_KEY: KEY,
  };
});
afterAll(async () => {
  await endpoint.stop();
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});

const argumentsFor = (gateway: string, out: string, upstream: string) => [
  ...['live', '-g', gateway, '--gateways-dir', gateways.path, '--upstream', `${upstream}/v1`, '--model', 'gpt-4o-mini'],
  ...['--pairs-per-sec', '5', '--out', out, '--allow-concurrent'],
];

async function live(gateway: string, name: string, args: string[], more: Record<string, string> = {}) {
  const out = join(folder, name);
  const asked = await endpoint.requests();
  const result = await cli([...argumentsFor(gateway, out, endpoint.origin), ...args], { ...environment, ...more });
  return { ...result, out, requests: (await endpoint.requests()) - asked };
}

async function resultsIn(out: string) {
  const [id = ''] = readdirSync(out);
  const path = join(out, id);
  const record = LiveRecord.parse(JSON.parse(await readFile(join(path, 'live.json'), 'utf8')));
  const lines = (await readFile(join(path, 'pairs.jsonl'), 'utf8')).trim().split('\n');
  return { path, record, pairs: lines.map((line) => LivePair.parse(JSON.parse(line))) };
}

describe('gateways before an endpoint', () => {
  it('are measured by pairs, up to the limit and no request further, and the key is nowhere', async () => {
    const { exitCode, stdout, stderr, out, requests } = await live('talks', 'plain', ['--max-requests', '17', '--yes']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(`To ${endpoint.origin}/v1, and nowhere else`);
    expect(stderr).toContain('at most 17: 8 pairs for each gateway, the first 2 uncounted');
    expect(requests).toBe(16);
    const { path, record, pairs } = await resultsIn(out);
    expect(pairs).toHaveLength(8);
    for (const { direct, through } of pairs) {
      expect([direct.error, through.error]).toEqual([null, null]);
      expect(direct.tokens?.output).toBeGreaterThan(0);
    }
    expect(record).toMatchObject({ spent: { requests: 16 }, ends: [{ gateway: 'talks', why: 'complete' }] });
    expect(record.spent.usd, 'the price of gpt-4o-mini is known').toBeGreaterThan(0);
    expect(stdout).toMatch(/^Added latency$/m);
    const report = await readFile(join(path, 'report', 'report.md'), 'utf8');
    expect(report).toMatch(/Fake ok \S+: (adds|no difference|is) /);
    expect(await readFile(join(path, 'logs', 'talks.log'), 'utf8')).toContain('my key is [key]');
    expect(await filesWith(KEY, out)).toEqual([]);
    expect(stdout + stderr).not.toContain(KEY);
    expect(isListening(PORT)).toBe(false);
  });

  it('are measured as streams, to the first content too', async () => {
    const args = ['--max-requests', '16', '--stream', '--json', '--yes'];
    const { exitCode, stdout, stderr } = await live('talks', 'stream', args);
    expect(exitCode, stderr).toBe(0);
    const { results, run } = JSON.parse(stdout);
    expect(results).toMatchObject([{ gateway: 'talks', counted: 6, addedFirstContentUs: { n: 6 } }]);
    expect(run.question.stream).toBe(true);
  });

  it('end before the dollars are spent', async () => {
    const price = ['--usd-per-million-input', '100', '--usd-per-million-output', '100'];
    const args = ['--max-requests', '100', '--max-usd', '0.03', ...price, '--yes'];
    const { stderr, out, requests } = await live('talks', 'usd', args);
    expect(stderr).toContain('cost      at most $0.0300');
    const { record, pairs } = await resultsIn(out);
    expect(record.ends).toMatchObject([{ why: 'usd' }]);
    expect(record.spent.usd).toBeLessThanOrEqual(0.03);
    expect(requests).toBe(2 * pairs.length);
    expect(pairs.length).toBeGreaterThan(1);
  });

  it('that fail leave the others measured', async () => {
    const { exitCode, stderr, out } = await live('broken,talks', 'broken', ['--max-requests', '32', '--yes']);
    expect(exitCode, stderr).toBe(1);
    const { record } = await resultsIn(out);
    expect(record.ends).toMatchObject([
      { gateway: 'broken', why: 'gateway-failed', message: expect.stringContaining('status 500') },
      { gateway: 'talks', why: 'complete' },
    ]);
  });

  it('are stopped by Ctrl-C, with what was measured kept', async () => {
    const out = join(folder, 'stopped');
    const args = [...argumentsFor('talks', out, endpoint.origin), '--max-requests', '1000', '--yes'];
    const running = startCli(args, environment);
    const written = () => {
      const [id = ''] = existsSync(out) ? readdirSync(out).filter((name) => name.endsWith('-live')) : [];
      return existsSync(join(out, id, 'pairs.jsonl'));
    };
    expect(await waitUntil(written, 30_000)).toBe(true);
    running.child.kill('SIGINT');
    const { exitCode, stderr } = await running.done;
    expect(exitCode, stderr).toBe(130);
    const { record, pairs, path } = await resultsIn(out);
    expect(record.ends).toMatchObject([{ why: 'interrupted' }]);
    expect(pairs.length).toBeGreaterThan(0);
    expect(existsSync(join(path, 'report', 'report.md'))).toBe(true);
    expect(isListening(PORT)).toBe(false);
  });
});

describe('nothing is sent', () => {
  it.each([
    ['without a key', ['--yes'], { GATEBENCH_UPSTREAM_KEY: '' }, /the variable GATEBENCH_UPSTREAM_KEY is not set/],
    ['with a key that is none', ['--yes'], { GATEBENCH_UPSTREAM_KEY: 'sk a\n' }, /holds no key/],
    ['without confirmation', [], {}, /without confirmation\s+hint: {2}pass --yes/],
    ['with dollars and no price', ['--model', 'mine', '--max-usd', '1', '--yes'], {}, /the price of mine isn't known/],
    ['with half a price', ['--usd-per-million-input', '1', '--yes'], {}, /make a price together/],
    ['with certificates for plain HTTP', ['--ca', 'package.json', '--yes'], {}, /--ca is for an https address/],
    ['with too few requests', ['--max-requests', '4', '--yes'], {}, /leaves 2 pairs for each gateway/],
    ['too fast', ['--pairs-per-sec', '50', '--yes'], {}, /is no rate of pairs/],
  ] as const)('%s, and the exit code is 2', async (_, args, more, message) => {
    const { exitCode, stderr, requests, out } = await live('talks', 'never', [...args], more);
    expect(stderr).toMatch(message);
    expect([exitCode, requests]).toEqual([2, 0]);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
    expect(stderr).not.toContain(KEY);
  });

  it('to a gateway that would use a key of its own', async () => {
    const { exitCode, stderr } = await live('own-key', 'never', ['--yes']);
    expect(stderr).toContain('own-key: its manifest has no {upstreamKey}');
    expect(exitCode).toBe(2);
  });
});

describe('an endpoint that can’t be used', () => {
  it('refuses the key, and is asked no more', async () => {
    const wrong = { GATEBENCH_UPSTREAM_KEY: 'sk-wrong-0123456789' };
    const { exitCode, stderr, out } = await live('talks', 'wrong-key', ['--yes'], wrong);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('status 401');
    const { record, pairs } = await resultsIn(out);
    expect(record.ends).toMatchObject([{ why: 'direct-failed' }]);
    expect(pairs).toHaveLength(1);
  });

  it('has a certificate of its own, which --ca trusts', async () => {
    const tls = await tlsBefore(endpoint, folder);
    try {
      const ask = (name: string, ...args: string[]) =>
        cli(
          [...argumentsFor('broken', join(folder, name), tls.origin), '--max-requests', '8', '--yes', ...args],
          environment,
        );
      await ask('untrusted');
      const refused = await resultsIn(join(folder, 'untrusted'));
      expect(refused.pairs[0]?.direct.error).toMatch(/self-signed certificate/);
      await ask('trusted', '--ca', tls.ca);
      const trusted = await resultsIn(join(folder, 'trusted'));
      expect(trusted.pairs[0]?.direct).toMatchObject({ status: 200, error: null, newConnection: true });
      expect(trusted.pairs[1]?.direct).toMatchObject({ error: null, newConnection: false });
    } finally {
      tls.close();
    }
  });
});
