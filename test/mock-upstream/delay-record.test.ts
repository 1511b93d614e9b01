import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newDelaySource } from '../../common/delay-source.js';
import { newRandom } from '../../common/random.js';
import { chatRequest, RawConnection } from './raw-connection.js';
import { runMock, startMock, until } from './started-mock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mock-record-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const nowUs = (): number => Number(process.hrtime.bigint()) / 1000;

function recorded(file: string): { arrivedUs: number; drawnUs: number; actualUs: number }[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(header).toBe('arrived_us,drawn_us,actual_us');
  return lines.map((line) => {
    expect(line).toMatch(/^\d+,\d+,\d+$/);
    const [arrivedUs = 0, drawnUs = 0, actualUs = 0] = line.split(',').map(Number);
    return { arrivedUs, drawnUs, actualUs };
  });
}

describe('--record', () => {
  test('says what really passed, and what the seed draws', async () => {
    const file = join(folder, 'delays.csv');
    const mock = await startMock('--latency', 'lognormal(p50=5ms,p99=40ms)', '--seed', '7', '--record', file);
    const connection = await RawConnection.open(mock.port);
    const measured: { sentUs: number; receivedUs: number }[] = [];
    for (let i = 1; i <= 40; i++) {
      const sentUs = nowUs();
      connection.write(chatRequest('{}'));
      await connection.receive('"usage"', i);
      measured.push({ sentUs, receivedUs: nowUs() });
    }
    connection.socket.destroy();
    await mock.stop();

    const lines = recorded(file);
    const model = { kind: 'lognormal', p50Ms: 5, p99Ms: 40 } as const;
    const draw = newDelaySource(model, newRandom(7));
    expect(lines.map(({ drawnUs }) => drawnUs)).toEqual(lines.map(() => Math.round(draw() * 1000)));
    expect(lines).toHaveLength(measured.length);
    for (const [i, { arrivedUs, drawnUs, actualUs }] of lines.entries()) {
      const { sentUs = 0, receivedUs = 0 } = measured[i] ?? {};
      // Times are rounded to whole microseconds, each by half of one at most.
      expect(actualUs).toBeGreaterThanOrEqual(drawnUs - 1);
      expect(arrivedUs).toBeGreaterThanOrEqual(sentUs - 1);
      expect(arrivedUs + actualUs).toBeLessThanOrEqual(receivedUs + 2);
    }
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('several processes write one file, whole on %s', async (signal) => {
    const file = join(folder, 'delays.csv');
    const mock = await startMock('--latency', 'bimodal(1ms,3ms,0.5)', '--record', file, '--processes', '2');
    const perConnection = 300;
    const connections = await Promise.all([1, 2, 3, 4].map(() => RawConnection.open(mock.port)));
    for (const connection of connections) connection.write(chatRequest('{}').repeat(perConnection));
    await Promise.all(connections.map((connection) => connection.receive('"usage"', perConnection)));
    const leaving = await RawConnection.open(mock.port);
    leaving.write(chatRequest('{}').slice(0, -1));
    await until(async () => (await mock.stats()).requests === 4 * perConnection + 1);
    for (const { socket } of [...connections, leaving]) socket.destroy();
    mock.program.kill(signal);
    expect((await mock.program).exitCode).toBe(0);

    const lines = recorded(file);
    expect(lines).toHaveLength(4 * perConnection);
    expect(new Set(lines.map(({ drawnUs }) => drawnUs))).toEqual(new Set([1000, 3000]));
    for (const { drawnUs, actualUs } of lines) expect(actualUs).toBeGreaterThanOrEqual(drawnUs);
  });

  test('without a latency, what it took to answer at once', async () => {
    const file = join(folder, 'delays.csv');
    const mock = await startMock('--record', file);
    await fetch(`${mock.origin}/v1/chat/completions`, { method: 'POST', body: 'no JSON' });
    await fetch(`${mock.origin}/health`);
    await mock.stop();
    expect(recorded(file)).toEqual([{ arrivedUs: expect.any(Number), drawnUs: 0, actualUs: expect.any(Number) }]);
  });

  test.each(['1', '2'])(
    'a file that can not be written is named, and exits 1, with %s process(es)',
    async (processes) => {
      const file = join(folder, 'nowhere', 'delays.csv');
      const { exitCode, stdout, stderr } = await runMock('--port=0', `--record=${file}`, '--processes', processes)
        .program;
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mock upstream: can't record delays: .*nowhere.*--record$/);
    },
  );
});
