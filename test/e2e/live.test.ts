import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findInstallation } from '../../src/install/receipt.js';
import { rootsOf } from '../../src/lib/roots.js';
import { LivePair } from '../../src/model/live.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { cli } from '../support/cli.js';
import { filesWith, liveEndpoint, tlsBefore } from '../support/live-endpoint.js';

const KEY = 'sk-live-0123456789abcdef';
const MODEL = 'gpt-4o-mini';
/** Each told of its certificates in another way: by Node's variable, and by OpenSSL's. */
const GATEWAYS = ['portkey', 'ferro:1.4.4'];

const roots = rootsOf();
const installed: string[] = [];
for (const label of GATEWAYS) {
  const gateway = findGateway(await readGateways(roots.gateways), label);
  if (gateway.kind !== 'process') continue;
  const found = await findInstallation(roots.installs, gateway);
  if (found.valid) installed.push(label);
  else process.stderr.write(`\nSKIPPED on this machine: live with a real ${label}: ${found.reason}\n`);
}

describe.skipIf(installed.length === 0)('real gateways before an endpoint over TLS', () => {
  it.each([[[]], [['--stream']]])('ask it with the live key and model, and no request too many %j', async (how) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
    const endpoint = await liveEndpoint(KEY, '--latency', '20ms', '--text', 'Ready.');
    const tls = await tlsBefore(endpoint, folder);
    onTestFinished(async () => {
      tls.close();
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const out = join(folder, 'out');
    const maxRequests = 16 * installed.length;
    const { exitCode, stderr } = await cli(
      [
        ...['live', '-g', installed.join(','), '--upstream', `${tls.origin}/v1`, '--ca', tls.ca, '--model', MODEL],
        ...[
          '--key-env',
          'MY_KEY',
          '--max-requests',
          String(maxRequests),
          '--pairs-per-sec',
          '5',
          '--out',
          out,
          '--yes',
        ],
        ...how,
      ],
      { MY_KEY: KEY },
    );
    expect(exitCode, stderr).toBe(0);
    expect(await endpoint.requests()).toBe(maxRequests);
    const [id = ''] = readdirSync(out);
    const lines = readFileSync(join(out, id, 'pairs.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const pairs = lines.map((line) => LivePair.parse(JSON.parse(line)));
    expect(pairs.map(({ gateway }) => gateway)).toEqual(installed.flatMap((label) => Array(8).fill(label)));
    expect(pairs.flatMap(({ direct, through }) => direct.error ?? through.error ?? [])).toEqual([]);
    expect(await filesWith(KEY, out)).toEqual([]);
  });
});
