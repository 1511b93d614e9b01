import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UPSTREAM_REQUESTS_GATE } from '../../src/analysis/upstream-requests.js';
import { findInstallation, installFolder } from '../../src/install/receipt.js';
import { rootsOf } from '../../src/lib/roots.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { runOneCell } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

const roots = rootsOf();
const gateway = findGateway(await readGateways(roots.gateways), 'nginx');
if (gateway.kind !== 'process') throw new Error('nginx runs as a process');
const found = await findInstallation(roots.installs, gateway);
if (!found.valid) process.stderr.write(`\nSKIPPED on this machine: a real nginx that caches: ${found.reason}\n`);

/** This project's nginx.conf with a cache in it, of the whole request for a second. */
function withCache(config: string): string {
  const cached = config
    .replace('access_log off;', 'access_log off;\n  proxy_cache_path {work}/cache keys_zone=responses:1m;')
    .replace(
      'proxy_buffering off;',
      'proxy_cache responses; proxy_cache_methods POST; proxy_cache_key "$request_uri $request_body"; proxy_cache_valid 200 1s;',
    );
  // Run by root, its workers would be nobody, who can't enter a cell's folder.
  return process.getuid?.() === 0 && !/^user /m.test(cached) ? `user root;\n${cached}` : cached;
}

async function cellOf(change: (config: string) => string) {
  if (!found.valid || gateway.kind !== 'process') throw new Error('not installed');
  const folder = await temporaryFolder();
  try {
    await cp(gateway.folder, folder.path, { recursive: true });
    const path = join(folder.path, 'nginx.conf');
    await writeFile(path, change(await readFile(path, 'utf8')));
    const installed = { receipt: found.receipt, installDir: installFolder(roots.installs, gateway) };
    return await runOneCell({ ...gateway, folder: folder.path }, aScenario({ vus: [20], warmupS: 1, durationS: 3 }), {
      installed,
    });
  } finally {
    await folder.remove();
  }
}

const gateOf = ({ gates }: Awaited<ReturnType<typeof cellOf>>) =>
  gates.find(({ gate }) => gate === UPSTREAM_REQUESTS_GATE);

describe.skipIf(!found.valid)('a real nginx', () => {
  it('sends every request upstream, once', async () => {
    const record = await cellOf((config) => config);
    expect(gateOf(record), JSON.stringify(record.outcome)).toMatchObject({ verdict: 'pass' });
  });

  it('is void with proxy_cache: it answers from it', async () => {
    const record = await cellOf(withCache);
    expect(gateOf(record), JSON.stringify(record.outcome)).toMatchObject({
      verdict: 'invalid',
      message: expect.stringContaining('from a cache'),
    });
    expect(record.outcome.kind).toBe('invalid');
  });
});
