import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';
import { cli } from '../support/cli.js';

const POD_1 = join(PACKAGE_ROOT, 'test', 'fixtures', 'k6-segments', 'pod-1.log');
const POD_2 = join(PACKAGE_ROOT, 'test', 'fixtures', 'k6-segments', 'pod-2.log');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** A changed copy of a log. */
async function copyOf(log: string, path: string, change = (text: string) => text): Promise<string> {
  const copy = join(folder.path, path);
  await mkdir(join(copy, '..'), { recursive: true });
  await writeFile(copy, change(await readFile(log, 'utf8')));
  return copy;
}

const delayed = (ms: number) => (text: string) =>
  text.replace(/"endMs":(\d+)/g, (_, endMs) => `"endMs":${Number(endMs) + ms}`);

async function merge(...files: string[]) {
  const { exitCode, stdout, stderr } = await cli(['k6-merge', '--json', ...files]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('gatebench k6-merge', () => {
  it('merges the logs of real pods, every request accounted for', async () => {
    const { result, spreadMs } = await merge(POD_1, POD_2);
    const { requests, hosts, windowS, latencyUs } = result;
    expect(hosts.map(({ host, vus }: { host: string; vus: number }) => [host, vus])).toEqual([
      ['pod-1.log', 3],
      ['pod-2.log', 2],
    ]);
    expect(windowS).toBe(1);
    expect(requests.failed).toEqual({});
    expect(requests.sent).toBe(requests.ok + requests.inFlightAtEnd);
    expect(latencyUs.count).toBe(requests.ok);

    const { exitCode, stdout, stderr } = await cli(['k6-merge', POD_1, POD_2]);
    const ms = (us: number) => (us / 1000).toFixed(1);
    expect(stdout.split('\n')).toEqual([
      `${requests.ok} ok, 0 failed, 5 in flight at the end, of ${requests.sent} sent in 1 s`,
      `${requests.ok}.0 requests/s`,
      `p50 ${ms(latencyUs.p50)} ms, p95 ${ms(latencyUs.p95)} ms, p99 ${ms(latencyUs.p99)} ms, max ${ms(latencyUs.max)} ms`,
      `5 VUs: 3 on pod-1.log (${hosts[0].ok} ok), 2 on pod-2.log (${hosts[1].ok} ok)`,
      expect.stringMatching(
        new RegExp(`^the windows ended within ${Math.round(spreadMs)} ms of one another, by the pods' own clocks`),
      ),
      '',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('counts failures, and shows no percentiles without a success', async () => {
    const failing = await copyOf(POD_2, 'failing.log', (text) =>
      text
        .replaceAll('"kind":"ok"', '"kind":"failed"')
        .replace(/"ok":(\d+)(.*?)"failed":\{\}/g, '"ok":0$2"failed":{"http_5xx":$1}'),
    );
    const { ok } = (await merge(POD_2)).result.requests;
    const { exitCode, stdout } = await cli(['k6-merge', failing]);
    expect(stdout).toMatch(new RegExp(`^0 ok, ${ok} failed, 2 in flight at the end, of ${ok + 2} sent in 1 s\n`));
    expect(stdout).toContain('\n0.0 requests/s\n2 VUs: 2 on failing.log (0 ok)\n');
    expect(exitCode).toBe(0);
  });

  it('says when the windows are too far apart for one load', async () => {
    const early = await copyOf(POD_1, 'early.log');
    const near = await copyOf(POD_1, 'near.log', delayed(50));
    const far = await copyOf(POD_1, 'far.log', delayed(51));
    const spreadOf = async (...files: string[]) => (await cli(['k6-merge', ...files])).stdout.split('\n').at(-2);
    const { spreadMs } = await merge(early);
    expect(spreadMs).toBe(0);
    expect(await spreadOf(early, near)).toMatch(/within 50 ms of one another, by the pods' own clocks$/);
    expect(await spreadOf(early, far)).toMatch(/within 51 ms of one another, .*: too far apart for one load$/);
  });

  it('names logs by their path where files share a name', async () => {
    const [a, b] = [await copyOf(POD_1, 'a/pod.log'), await copyOf(POD_2, 'b/pod.log')];
    const { result } = await merge(a, b);
    expect(result.hosts.map(({ host }: { host: string }) => host)).toEqual([a, b]);
  });

  it.each([
    ['a file that is missing', async () => [POD_1, '/nowhere.log'], 2, /\/nowhere\.log can't be read: ENOENT/],
    ['a file that is given twice', async () => [POD_1, join(POD_1, '..', 'pod-1.log')], 2, /pod-1\.log is given twice/],
    ['no file', async () => [], 2, /missing required argument 'logs'/],
    ['what is no log', async () => [await copyOf(POD_1, 'no.log', () => 'out of memory\n')], 1, /no\.log/],
    ['a log that is cut', async () => [await copyOf(POD_1, 'cut.log', (text) => text.slice(0, 40))], 1, /k6 wrote/],
    [
      'logs of different loads',
      async () => [
        POD_1,
        await copyOf(POD_2, 'other.log', (text) => text.replaceAll('"windowMs":1000', '"windowMs":2000')),
      ],
      1,
      /windows of 1000, 2000 ms/,
    ],
  ])('refuses %s', async (_, files, code, message) => {
    const { exitCode, stdout, stderr } = await cli(['k6-merge', ...(await files())]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(code);
  });
});
