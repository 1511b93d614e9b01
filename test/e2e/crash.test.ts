import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isListening, listenersOf } from '../../src/lib/listeners.js';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import { CellRecord } from '../../src/model/record.js';
import { startCli } from '../support/cli.js';
import { installedLabels } from './installed.js';

const PORTKEY_PORT = 8787;
const installed = (await installedLabels()).includes('portkey');

describe.skipIf(!installed)('a real gateway that is killed in mid-window', () => {
  it('is recorded as crashed, with the signal, the time and its last words', async () => {
    const out = await mkdtemp(join(tmpdir(), 'gatebench-e2e-'));
    try {
      const times = ['--warmup', '2s', '--duration', '60s', '--vus', '20'];
      const running = startCli(['bench', '-g', 'portkey', '-s', 'quick', ...times, '--out', out]);
      expect(await waitUntil(() => isListening(PORTKEY_PORT), 30_000)).toBe(true);
      // Start, idle samples and warm-up are over by then.
      await sleep(9_000);
      for (const pid of listenersOf(PORTKEY_PORT)) process.kill(pid, 'SIGKILL');
      const result = await running.done;
      // A crash is a result: the run itself has not failed.
      expect(result.exitCode, result.stderr).toBe(0);
      expect(result.stderr).toMatch(
        /portkey, 20 VUs: crashed {2}the gateway was killed by SIGKILL, \d+\.\d s into the window/,
      );
      const run = join(out, readdirSync(out)[0] ?? '');
      const text = await readFile(join(run, 'cells', 'portkey-v20-r1', 'record.json'), 'utf8');
      const { outcome, window, requests } = CellRecord.parse(JSON.parse(text));
      expect(outcome).toMatchObject({ kind: 'crashed', signal: 'SIGKILL', phase: 'window' });
      expect(window?.measuredS).toBeLessThan(30);
      const failed = Object.values(requests?.failed ?? {}).reduce((sum, count) => sum + count, 0);
      expect(requests?.sent).toBe((requests?.ok ?? 0) + failed + (requests?.inFlightAtEnd ?? 0));
      expect(isListening(PORTKEY_PORT)).toBe(false);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });
});
