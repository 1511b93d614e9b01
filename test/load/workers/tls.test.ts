import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { makeRunCertificate } from '../../../src/lib/run-certificate.js';
import { COMPLETION, httpServer, loadsOf, respond, WORKER_ENGINES } from './harness.js';

const own = await makeRunCertificate();
const other = await makeRunCertificate();
const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await Promise.all([own.remove(), other.remove()]);
});

/** An HTTPS server, and how many connections it has secured. */
async function httpsServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const { certFile, keyFile } = own.certificate;
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (request, response) => {
    request.resume().on('end', () => handle(request, response));
  });
  servers.push(server);
  let connections = 0;
  let resumed = 0;
  server.on('secureConnection', (socket) => {
    connections += 1;
    if (socket.isSessionReused()) resumed += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, seen: () => ({ connections, resumed }) };
}

const [, makeNative] = WORKER_ENGINES[0] ?? [];
if (makeNative === undefined) throw new Error('there is no native engine');
const { runLoad } = loadsOf(makeNative);
const { caFile } = own.certificate;

describe.concurrent('the native engine over TLS', () => {
  it('keeps a connection for each VU', async () => {
    const { origin, seen } = await httpsServer((_request, response) => setTimeout(() => respond(response), 5));
    const { requests } = await runLoad({ origin, caFile, vus: 3, durationS: 1 });
    expect([requests.failed, seen()]).toEqual([{}, { connections: 3, resumed: 0 }]);
    expect(requests.ok).toBeGreaterThan(3);
  });

  it('makes a new one, with a handshake of its own, where the gateway closes it', async () => {
    const { origin, seen } = await httpsServer((_request, response) => {
      response.setHeader('connection', 'close');
      setTimeout(() => respond(response), 5);
    });
    const { requests } = await runLoad({ origin, caFile, vus: 2 });
    expect(requests.failed).toEqual({});
    expect(requests.ok).toBeGreaterThan(2);
    expect(seen().connections).toBeGreaterThanOrEqual(requests.ok);
    expect(seen().resumed).toBe(0);
  });

  it('reads answers that come in many records', async () => {
    const long = JSON.stringify({ ...JSON.parse(COMPLETION), padding: 'x'.repeat(200_000) });
    const { origin } = await httpsServer((_request, response) => respond(response, long));
    const { requests } = await runLoad({ origin, caFile, vus: 2 });
    expect([requests.failed, requests.ok > 0]).toEqual([{}, true]);
  });

  it('takes no answer from who shows a certificate of another CA', async () => {
    const { origin } = await httpsServer((_request, response) => respond(response));
    const result = await runLoad({ origin, caFile: other.certificate.caFile, durationS: 1 });
    expect([Object.keys(result.requests.failed), result.requests.ok]).toEqual([['tls'], 0]);
    expect(result.failureExamples[0]).toBe('tls: unable to verify the first certificate');
  });

  it('takes who speaks plain HTTP for a failed handshake', async () => {
    const origin = (await httpServer((_request, response) => respond(response))).replace('http:', 'https:');
    const { requests, failureExamples } = await runLoad({ origin, caFile, durationS: 1 });
    expect([Object.keys(requests.failed), requests.ok]).toEqual([['tls'], 0]);
    expect(failureExamples[0]).toMatch(/^tls: .*(wrong version number|packet length)/);
  });
});
