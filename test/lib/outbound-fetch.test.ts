import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { outboundFetch } from '../../src/lib/outbound-fetch.js';
import { directGateway, fakeGateway, runOneCell } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'];

beforeEach(() => {
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of VARIABLES) delete process.env[name];
  onTestFinished(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
});

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A server that is reached through no name but its address. */
const upstream = () => listen((request, response) => response.end(`hello from ${request.url}`));

/** A proxy that forwards plain requests, opens tunnels, and notes both; with a status, it refuses instead. */
async function startProxy(refuseWith?: number) {
  const seen: string[] = [];
  const { server, origin } = await listen((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (refuseWith !== undefined) {
      response.writeHead(refuseWith).end('no');
      return;
    }
    response.end(`forwarded ${request.url}`);
  });
  server.on('connect', (request, client: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    client.on('error', () => {});
    if (refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`);
      return;
    }
    const [host = '', port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    onTestFinished(() => void target.destroy());
  });
  return { origin, seen };
}

const fetchText = async (url: string) =>
  (await outboundFetch(url, { signal: new AbortController().signal, timeoutMs: 20_000 })).text();

describe('outboundFetch', () => {
  it('goes straight to the address where no proxy is set', async () => {
    const { origin } = await upstream();
    expect(await fetchText(`${origin}/file`)).toBe('hello from /file');
  });

  it.each(['HTTP_PROXY', 'http_proxy'])('sends http:// through %s', async (variable) => {
    const proxy = await startProxy();
    process.env[variable] = proxy.origin;
    expect(await fetchText('http://files.test/a')).toBe('forwarded http://files.test/a');
    expect(proxy.seen).toEqual(['GET http://files.test/a']);
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('opens a tunnel for https:// through %s', async (variable) => {
    // It speaks no TLS, so the fetch fails once the tunnel is open.
    const { origin } = await upstream();
    const address = origin.replace('http:', 'https:');
    const proxy = await startProxy();
    process.env[variable] = proxy.origin;
    await expect(fetchText(`${address}/a`)).rejects.toThrow(
      `can't fetch ${address}/a through the proxy ${proxy.origin}`,
    );
    expect(proxy.seen).toEqual([`CONNECT ${new URL(address).host}`]);
  });

  it.each(['NO_PROXY', 'no_proxy'])('goes around the proxy for hosts in %s', async (variable) => {
    const { origin } = await upstream();
    const proxy = await startProxy();
    Object.assign(process.env, { HTTP_PROXY: proxy.origin, [variable]: 'example.com,127.0.0.1' });
    expect(await fetchText(`${origin}/file`)).toBe('hello from /file');
    expect(proxy.seen).toEqual([]);
  });

  it.each([
    ['HTTP_PROXY', 'http://files.test/a', /^http:\/\/files\.test\/a responded 403 through the proxy /],
    ['HTTPS_PROXY', 'https://files.test/a', /^can't fetch https:\/\/files\.test\/a through the proxy .*403/],
  ])('names the proxy that refuses: %s', async (variable, url, message) => {
    const proxy = await startProxy(403);
    // Its password is nobody's business.
    process.env[variable] = proxy.origin.replace('http://', 'http://user:secret@');
    const error = await fetchText(url).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringContaining('NO_PROXY') });
    expect(error).toHaveProperty('message', expect.stringContaining(proxy.origin));
    expect(error).not.toHaveProperty('message', expect.stringContaining('secret'));
  });

  it.each([
    ['http://files.test/a', 'HTTP_PROXY'],
    ['https://files.test/a', 'HTTPS_PROXY'],
  ])('names the proxy that does not listen: %s', async (url, variable) => {
    process.env[variable] = 'http://127.0.0.1:9';
    await expect(fetchText(url)).rejects.toThrow(/through the proxy http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/);
  });

  it('does not blame a proxy that it goes around', async () => {
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' });
    await expect(fetchText('http://127.0.0.1:8/a')).rejects.toThrow(/^can't fetch http:\/\/127\.0\.0\.1:8\/a: /);
  });

  it('says which variables hold no address', async () => {
    process.env.HTTP_PROXY = 'no address';
    await expect(fetchText('http://files.test/a')).rejects.toMatchObject({
      hint: expect.stringContaining('HTTP_PROXY'),
    });
  });

  it('throws the signal’s reason where it is aborted', async () => {
    const { origin } = await listen(() => {});
    const abort = new AbortController();
    const fetching = outboundFetch(origin, { signal: abort.signal, timeoutMs: 20_000 });
    setTimeout(() => abort.abort(new Error('stopped')), 50);
    await expect(fetching).rejects.toThrow('stopped');
  });
});

describe('a cell under HTTP_PROXY', () => {
  it.each([directGateway, fakeGateway('ok')])(
    'sends $name neither health checks nor load through it',
    async (gateway) => {
      const proxy = await startProxy();
      for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY']) process.env[name] = proxy.origin;
      const record = await runOneCell(gateway, aScenario());
      expect(record.requests?.ok).toBeGreaterThan(5);
      expect(proxy.seen).toEqual([]);
    },
  );
});
