import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseText } from './parsed-requests.js';
import { type Sample, sample } from './request-samples.js';
import { type StartedMock, startMock, until } from './started-mock.js';

describe("Node's HTTP client", () => {
  let mock: StartedMock;
  const agent = new Agent({ keepAlive: true, maxSockets: 3 });

  beforeAll(async () => {
    mock = await startMock('--latency', '1ms', '--stream-chunk-delay-ms', '0');
  });
  afterAll(async () => {
    agent.destroy();
    await mock.stop();
  });

  async function ask(body: string, parts: number, chunked: boolean): Promise<{ status: number; text: string }> {
    const bytes = Buffer.from(body);
    const headers = chunked ? {} : { 'Content-Length': bytes.length };
    const outgoing = request(`${mock.origin}/v1/chat/completions`, { method: 'POST', agent, headers });
    const size = Math.max(1, Math.ceil(bytes.length / parts));
    for (let at = 0; at < bytes.length; at += size) outgoing.write(bytes.subarray(at, at + size));
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode ?? 0, text };
  }

  test('gets each model back, whatever the body is and however it is sent', async () => {
    const model = fc.string({ unit: fc.constantFrom('a', 'ö', '模', '"', '\\', '\u2028', '\u0001'), minLength: 1 });
    const prompt = fc.oneof(fc.string(), fc.constant('x'.repeat(200_000)));
    await fc.assert(
      fc.asyncProperty(
        model,
        prompt,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (name, content, parts, chunked) => {
          const answer = await ask(JSON.stringify({ messages: [{ content }], model: name }), parts, chunked);
          expect(answer.status).toBe(200);
          expect(JSON.parse(answer.text)).toMatchObject({ model: name, object: 'chat.completion' });
        },
      ),
      { numRuns: 150 },
    );
  });

  test('many at once over few connections: each gets its own answer', async () => {
    const models = Array.from({ length: 300 }, (_, i) => `model-${i}`);
    const answers = await Promise.all(
      models.map((model, i) => ask(JSON.stringify({ model, stream: i % 3 === 0 }), 1 + (i % 4), i % 2 === 0)),
    );
    expect(answers.map(({ text }) => /"model":"([^"]+)"/.exec(text)?.[1])).toEqual(models);
    const ids = answers.map(({ text }) => /chatcmpl-[0-9a-f]{8}/.exec(text)?.[0]);
    expect(new Set(ids).size).toBe(models.length);
  });
});

/** What Node's server reads in these bytes, or why it reads no further. */
async function readByNode(text: string, count: number) {
  const heard: { method: string; url: string; body: string }[] = [];
  const refused: string[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('latin1');
    incoming.on('data', (piece: string) => {
      body += piece;
    });
    incoming.on('end', () => {
      heard.push({ method: incoming.method ?? '', url: incoming.url ?? '', body });
      response.end();
    });
  });
  server.on('clientError', (error) => refused.push(error.message));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume().write(text, 'latin1');
  await until(() => heard.length === count || refused.length > 0);
  socket.destroy();
  server.close();
  return { heard, refused };
}

test("Node's own parser reads the same requests in the same bytes", async () => {
  const pathOf = (url: string) => url.replace(/^http:\/\/[^/?]*/, '').replace(/\?.*$/, '');
  // Of what RFC 9112 allows, Node refuses unknown methods, bytes in targets, and blanks in two places.
  const known = (one: Sample): Sample => ({
    ...one,
    text: one.text
      .replace(one.method, () => 'PUT')
      .replace(/^((?:\r\n)?PUT \S*)\u00e9/, '$1e')
      .replace(/^(content-length: .*)\t\r$/m, '$1\r')
      .replaceAll('; q = 1', ';q=1'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sample.map(known), { minLength: 1, maxLength: 4 }), async (samples) => {
      const text = samples.map((one) => one.text).join('');
      const { heard, refused } = await readByNode(text, samples.length);
      expect(refused).toEqual([]);
      const expected = heard.map(({ method, url, body }) => ({ method, path: pathOf(url), body }));
      expect(parseText(text)).toMatchObject(expected);
    }),
    { numRuns: 100 },
  );
});
