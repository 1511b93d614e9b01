import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, HI, json, post } from '../api/requests.js';
import { chatRequest, RawConnection } from '../raw-connection.js';
import { type StartedMock, startMock, until } from '../started-mock.js';

let mock: StartedMock;
beforeAll(async () => {
  mock = await startMock('--contract', 'full', '--stream-chunk-delay-ms', '0');
});
afterAll(() => mock.stop());

const failing = (fault: string, fields = {}) =>
  post(mock, { messages: HI, ...fields }, { headers: { 'x-mock-fault': fault } });

/** What comes in on a connection, until it ends, and whether it was a reset. */
async function received(fault: string, fields = {}): Promise<{ text: string; reset: boolean }> {
  const connection = await RawConnection.open(mock.port);
  let reset = false;
  connection.socket.on('error', (error: NodeJS.ErrnoException) => {
    reset = error.code === 'ECONNRESET';
  });
  connection.write(chatRequest(JSON.stringify({ messages: HI, ...fields }), [`x-mock-fault: ${fault}`]));
  const text = await connection.receiveToEnd();
  return { text, reset };
}

/**
 * As {@link received}, until a reset is seen: where data and reset come in at once, as on a busy machine, Node reads the
 * data and takes what follows for a proper end.
 */
async function receivedToReset(fault: string, fields = {}): Promise<{ text: string; reset: boolean }> {
  let last = await received(fault, fields);
  for (let more = 0; more < 20 && !last.reset; more++) last = await received(fault, fields);
  return last;
}

describe('errors', () => {
  test.each([
    ['429', 429, '1'],
    ['429(7s)', 429, '7'],
    ['500', 500, null],
    ['503(2s)', 503, '2'],
    ['529', 529, null],
  ])('%s', async (fault, status, retryAfter) => {
    const response = await failing(fault);
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(await json(response)).toMatchObject({ error: { message: expect.stringContaining(String(status)) } });
  });

  test('a short wait is told in milliseconds as well', async () => {
    const response = await failing('429(50ms)');
    expect([response.headers.get('retry-after'), response.headers.get('retry-after-ms')]).toEqual(['1', '50']);
  });
});

test('slow: the right answer, later', async () => {
  const startMs = performance.now();
  expect((await failing('slow(80ms)')).status).toBe(200);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(80);
});

test('stalled: nothing at all, and the connection stays open', async () => {
  const connection = await RawConnection.open(mock.port);
  connection.write(chatRequest(JSON.stringify({ messages: HI }), ['x-mock-fault: stalled']));
  await until(async () => (await mock.stats()).latenessUs.count > 0);
  expect([connection.received, connection.closed]).toEqual(['', false]);
  const { clientsGone } = await mock.stats();
  connection.socket.destroy();
  await until(async () => (await mock.stats()).clientsGone === clientsGone + 1);
});

test('reset: before anything of the answer', async () => {
  expect(await received('reset')).toEqual({ text: '', reset: true });
});

describe('in the middle of an answer', () => {
  const half = (text: string) => {
    const [head = '', body = ''] = text.split('\r\n\r\n');
    return { promised: Number(/content-length: (\d+)/i.exec(head)?.[1]), came: body.length };
  };

  test('reset-mid: half of it, then a reset', async () => {
    const { text, reset } = await receivedToReset('reset-mid');
    expect(reset).toBe(true);
    expect(half(text).came).toBe(half(text).promised >> 1);
  });

  test('cut: half of it, then a proper close', async () => {
    const { text, reset } = await received('cut');
    expect(reset).toBe(false);
    expect(half(text).came).toBe(half(text).promised >> 1);
  });

  test('a client sees the cut', async () => {
    const response = await failing('cut');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test('stalled-mid: half of it, then nothing', async () => {
    const connection = await RawConnection.open(mock.port);
    connection.write(chatRequest(JSON.stringify({ messages: HI }), ['x-mock-fault: stalled-mid']));
    await until(() => half(connection.received).came > 0);
    expect(half(connection.received).came).toBe(half(connection.received).promised >> 1);
    expect(connection.closed).toBe(false);
    connection.socket.destroy();
  });

  test.each(['cut', 'reset-mid'])('a stream with %s: some of its frames, and no end', async (fault) => {
    const { text, reset } = await (fault === 'cut' ? received : receivedToReset)(fault, { stream: true });
    const frames = text.split('"content":"').length - 1;
    expect(frames).toBe(3);
    expect(text).not.toContain('[DONE]');
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
    expect(reset).toBe(fault === 'reset-mid');
  });

  test('truncated: a stream that ends properly, too early', async () => {
    const response = await failing('truncated', { stream: true });
    const text = await response.text();
    expect(events(text)).toHaveLength(3);
    expect(text).not.toContain('[DONE]');
  });
});

describe('malformed', () => {
  test('an answer is half of its JSON, and its length is right', async () => {
    const response = await failing('malformed');
    const text = await response.text();
    expect(response.headers.get('content-length')).toBe(String(text.length));
    expect(() => JSON.parse(text)).toThrow();
  });

  test('of a stream, one event is; the others are as they should be', async () => {
    const text = await (await failing('malformed', { stream: true })).text();
    const lines = text.split('\n\n').filter((line) => line !== '');
    const broken = lines.filter((line) => {
      try {
        JSON.parse(line.slice('data: '.length));
        return false;
      } catch {
        return line !== 'data: [DONE]';
      }
    });
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(/^data: \{/);
    expect(lines.at(-1)).toBe('data: [DONE]');
  });
});

test('faults have a share of the requests, and /metrics counts them', async () => {
  const faulty = await startMock('--contract', 'full', '--fault', '500:0.25', '--fault', '429:0.25', '--seed', '3');
  const statuses: number[] = [];
  for (let i = 0; i < 200; i++) statuses.push((await post(faulty, { messages: HI })).status);
  const counted = (status: number) => statuses.filter((one) => one === status).length;
  expect(counted(500)).toBeGreaterThan(25);
  expect(counted(429)).toBeGreaterThan(25);
  expect(counted(200)).toBeGreaterThan(60);
  const metrics = await (await fetch(`${faulty.origin}/metrics`)).text();
  expect(metrics).toContain(`gatebench_mock_faults_total{fault="500"} ${counted(500)}`);
  expect(metrics).toContain(`gatebench_mock_requests_total{endpoint="chat",outcome="429"} ${counted(429)}`);
  await faulty.stop();
});

describe('in the published contract', () => {
  test('an answer that does not fail is the published one, byte for byte', async () => {
    const [plain, limited] = await Promise.all([
      startMock('--stream-chunk-delay-ms', '0'),
      startMock('--stream-chunk-delay-ms', '0', '--fault', '500:every=1000000', '--concurrency', '9'),
    ]);
    const bytes = async (port: number, body: string) => {
      const connection = await RawConnection.open(port);
      connection.write(chatRequest(body, ['Connection: close']));
      const text = await connection.receiveToEnd();
      return text
        .replace(/\r\nDate: [^\r]+/, '')
        .replaceAll(/chatcmpl-[0-9a-f]{8}/g, 'chatcmpl-?')
        .replaceAll(/"created":\d+/g, '"created":0');
    };
    for (const body of ['{"model":"gpt-4\\u00f6"}', '{}', '{"stream":true}', '{"model":', '[]']) {
      // A stream's last chunk may come with its last event, or by itself.
      expect(await bytes(limited.port, body)).toBe(await bytes(plain.port, body));
    }
    const other = await fetch(`${limited.origin}/v1/completions`, { method: 'POST', body: '{}' });
    expect([other.status, other.headers.get('x-request-id')]).toEqual([404, null]);
    await Promise.all([plain.stop(), limited.stop()]);
  });

  test('what fails, fails as in the full one', async () => {
    const faulty = await startMock('--fault', '429(3s):first=1');
    const response = await post(faulty, {});
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await post(faulty, {})).status).toBe(200);
    await faulty.resetStats();
    expect((await post(faulty, {})).status).toBe(429);
    await faulty.stop();
  });
});

test('faults of a mock wait for the first reset, and are counted', async () => {
  const other = await startMock('--fault', '503:every=2', '--faults-from-reset', '--latency', '0s');
  try {
    const statuses = async () => {
      const seen: number[] = [];
      for (let asked = 0; asked < 4; asked++) seen.push((await post(other, { messages: HI })).status);
      return seen;
    };
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    expect((await other.stats()).faults).toEqual({});
    await other.resetStats();
    expect(await statuses()).toEqual([200, 503, 200, 503]);
    expect((await other.stats()).faults).toEqual({ 503: 2 });
  } finally {
    await other.stop();
  }
});

test('one key is refused, and any other let in', async () => {
  const other = await startMock('--refuse-key', 'sk-wrong');
  try {
    const status = async (key: string) =>
      (await post(other, { messages: HI }, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status('sk-wrong'), await status('sk-right')]).toEqual([401, 200]);
    expect((await post(other, { messages: HI })).status).toBe(200);
    expect((await other.stats()).sinceStart).toEqual({ requests: 3, completions: 2 });
  } finally {
    await other.stop();
  }
});
