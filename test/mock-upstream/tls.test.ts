import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpOptions, httpRequest } from '../../src/lib/http.js';
import { makeRunCertificate } from '../../src/lib/run-certificate.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';
import { chatRequest } from './raw-connection.js';
import { runMock, type StartedMock, startMock } from './started-mock.js';

const own = await makeRunCertificate();
const other = await makeRunCertificate();
const folder = await temporaryFolder();
const { ca, certFile, keyFile } = own.certificate;
const FLAGS = ['--tls-cert', certFile, '--tls-key', keyFile, '--stream-chunk-delay-ms', '0'];
afterAll(async () => {
  await Promise.all([own.remove(), other.remove(), folder.remove()]);
});

const HI = { messages: [{ role: 'user', content: 'Say something.' }] };

function ask(mock: StartedMock, path: string, over: Partial<HttpOptions> = {}) {
  return httpRequest(`https://127.0.0.1:${mock.port}${path}`, { timeoutMs: 10_000, ca, ...over });
}

function post(mock: StartedMock, path: string, body: object, headers = {}) {
  return ask(mock, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe.each([
  ['published', '1'],
  ['published', '2'],
  ['full', '1'],
  ['full', '2'],
])('over TLS, contract %s, %s process(es)', (contract, processes) => {
  let mock: StartedMock;
  beforeAll(async () => {
    mock = await startMock(...FLAGS, '--contract', contract, '--processes', processes);
  });
  afterAll(() => mock.stop());

  test('answers, whole and as a stream, and says so of itself', async () => {
    const [whole, stream] = [
      await post(mock, '/v1/chat/completions', HI),
      await post(mock, '/v1/chat/completions', { ...HI, stream: true }),
    ];
    expect([whole.status, JSON.parse(whole.body)]).toEqual([
      200,
      expect.objectContaining({ object: 'chat.completion' }),
    ]);
    expect(stream.body).toMatch(/^data: [\s\S]*data: \[DONE\]\n\n$/);
    expect(JSON.parse((await ask(mock, '/__stats')).body)).toMatchObject({ requests: 2, completions: 2 });
  });

  test('lets nobody in who trusts another CA, or speaks plainly', async () => {
    await expect(ask(mock, '/health', { ca: other.certificate.ca })).rejects.toThrow(
      'unable to verify the first certificate',
    );
    await expect(httpRequest(`http://127.0.0.1:${mock.port}/health`, { timeoutMs: 10_000 })).rejects.toThrow();
    expect((await ask(mock, '/health')).status).toBe(200);
  });
});

describe('over TLS', () => {
  let mock: StartedMock;
  beforeAll(async () => {
    mock = await startMock(...FLAGS, '--contract', 'full');
  });
  afterAll(() => mock.stop());

  test('all APIs answer', async () => {
    const { body } = await post(
      mock,
      '/v1/messages',
      { ...HI, model: 'c', max_tokens: 9 },
      { 'anthropic-version': '2023-06-01' },
    );
    expect(JSON.parse(body)).toMatchObject({ type: 'message' });
    expect(JSON.parse((await post(mock, '/v1/responses', { model: 'm', input: 'Hi' })).body)).toMatchObject({
      object: 'response',
    });
  });

  test('requests follow each other on one connection, whose protocol is HTTP/1.1', async () => {
    const socket = connect({ port: mock.port, host: '127.0.0.1', ca, ALPNProtocols: ['h2', 'http/1.1'] });
    await once(socket, 'secureConnect');
    expect([socket.authorized, socket.alpnProtocol, socket.getProtocol()]).toEqual([true, 'http/1.1', 'TLSv1.3']);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    const body = JSON.stringify(HI);
    socket.write(chatRequest(body) + chatRequest(body) + chatRequest(body, ['Connection: close']));
    await once(socket, 'end');
    socket.destroy();
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });

  test('a large request comes in whole', async () => {
    const { status, body } = await post(mock, '/v1/chat/completions', {
      messages: [{ role: 'user', content: 'a '.repeat(200_000) }],
    });
    expect([status, JSON.parse(body).usage.prompt_tokens > 90_000]).toEqual([200, true]);
  });

  test.each([
    ['reset', 'ECONNRESET'],
    ['cut', 'ECONNRESET'],
    ['503', null],
  ])('the fault %s', async (fault, code) => {
    const asked = post(mock, '/v1/chat/completions', HI, { 'x-mock-fault': fault });
    if (code === null) expect((await asked).status).toBe(503);
    else await expect(asked).rejects.toMatchObject({ code });
    expect((await ask(mock, '/health')).status).toBe(200);
  });
});

test('started by a person, it says that it is HTTPS', async () => {
  const { program, lines } = runMock('-port=0', ...FLAGS);
  const [line = ''] = await lines(1);
  expect(line).toMatch(/^mock upstream listening on https:\/\/127\.0\.0\.1:\d+, latency 0s$/);
  program.kill('SIGTERM');
  await program;
});

describe('files that are none', () => {
  const broken = join(folder.path, 'broken.pem');
  beforeAll(() => writeFile(broken, 'no certificate'));

  test.each([
    [['--tls-cert', '/nowhere.pem', '--tls-key', keyFile], '-tls-cert can\'t be "/nowhere.pem": ENOENT'],
    [['--tls-cert', certFile, '--tls-key', '/nowhere.pem'], '-tls-key can\'t be "/nowhere.pem": ENOENT'],
    [['--tls-cert', broken, '--tls-key', keyFile], `-tls-cert can't be "${broken}": `],
    [['--tls-cert', certFile, '--tls-key', broken], `-tls-key can't be "${broken}": `],
    [
      ['--tls-cert', certFile, '--tls-key', other.certificate.keyFile],
      `-tls-key can't be "${other.certificate.keyFile}": `,
    ],
    [['--tls-cert', certFile], '-tls-cert needs -tls-key'],
  ])('%j', async (flags, message) => {
    const { exitCode, stderr } = await runMock(...flags, '--processes', '2').program;
    expect([exitCode, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toContain(`mock upstream: ${message}`);
  });
});
