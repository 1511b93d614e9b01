import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepNotes } from '../../../src/app/selfbench/document.js';
import { isListening } from '../../../src/lib/listeners.js';
import { waitUntil } from '../../../src/lib/sleep.js';
import { temporaryFolder } from '../../../src/lib/temporary-folder.js';
import { cli, startCli } from '../../support/cli.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const small = ['selfbench', '--engines', 'autocannon', '--vus', '3', '--zero-vus', '3', '--warmup', '200ms'];

describe('gatebench selfbench', () => {
  it('measures what is there, and writes and prints the same document', async () => {
    const out = join(folder.path, 'performance.md');
    const args = [...small, '--duration', '1s', '--rounds', '2', '--port', '22200', '--out', out];
    const { exitCode, stdout, stderr } = await cli(args);
    expect(exitCode, stderr).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(keepNotes(stdout, null));
    const line = stdout.split('\n').find((each) => each.startsWith('| mock, 60 ms'));
    const cells = line?.split('|').map((cell) => cell.trim());
    const [ratePerSec, p50Ms] = [Number(cells?.[4]), Number(cells?.[5])];
    // 3 VUs with 60 ms each can't have more than 50 a second. By Little's law they are rate × mean latency, whatever the
    // machine's speed, and the median isn't far from the mean.
    expect(ratePerSec).toBeLessThanOrEqual(51);
    expect(p50Ms).toBeGreaterThanOrEqual(60);
    expect((ratePerSec * p50Ms) / 1000).toBeGreaterThan(0.9);
    expect((ratePerSec * p50Ms) / 1000).toBeLessThan(3.3);
    expect(cells?.slice(8, 10)).toEqual(['0', 'balance']);
    expect(Number(cells?.[10])).toBeGreaterThan(0);
    expect(stderr).toMatch(/\[1\/\d+\] round 1: autocannon, mock 60ms, 3 VUs … .* left/);
  });

  it('prints every round as JSON', async () => {
    const args = [...small, '--duration', '500ms', '--rounds', '1', '--quick', '--port', '22300', '--json'];
    const { exitCode, stdout, stderr } = await cli(args);
    expect(exitCode, stderr).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.settings).toEqual({ durationS: 0.5, warmupS: 0.2, rounds: 1 });
    expect(result.outcomes.length).toBeGreaterThanOrEqual(2);
    expect(result.outcomes[0]).toMatchObject({ round: 1, kind: 'measured', figures: { failed: 0, balanced: true } });
    expect(result.targets.map(({ verdict }: { verdict: string }) => verdict)).toContain('unknown');
    expect(stderr).not.toContain('written to');
  });

  it('stops on Ctrl-C and leaves nothing running', async () => {
    const running = startCli([...small, '--duration', '60s', '--port', '22400', '--quick']);
    expect(await waitUntil(() => running.stderr().includes('[1/'), 60_000)).toBe(true);
    expect(await waitUntil(() => isListening(22_400), 30_000)).toBe(true);
    running.child.kill('SIGINT');
    const { exitCode, stdout } = await running.done;
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    expect(await waitUntil(() => !isListening(22_400), 20_000)).toBe(true);
  });

  it.each([
    [['--vus', 'many'], /is not a VU count/],
    [['--duration', '5'], /not a duration/],
    [['--engines', 'nativ'], /no load engine is called "nativ"/],
    [['--rounds', '0'], /number of rounds/],
  ])('refuses %j before anything is measured', async (args, message) => {
    const { exitCode, stderr } = await cli(['selfbench', '--quick', ...args]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
