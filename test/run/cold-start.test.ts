import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { localDriver } from '../../src/gateway/drivers.js';
import { isListening } from '../../src/lib/listeners.js';
import { workFolder } from '../../src/lib/temporary-folder.js';
import type { ProcessGateway } from '../../src/model/resolved-gateway.js';
import { type ColdStart, coldStart } from '../../src/run/cold-start.js';
import { MockProcessDriver } from '../../src/upstream/local-mock.js';
import { fakeGateway, GATEWAY_PORT, MOCK_PORT, receipt } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

function processGateway(mode: string, over: Record<string, unknown> = {}): ProcessGateway {
  const gateway = fakeGateway(mode, over);
  if (gateway.kind !== 'process') throw new Error('no process');
  return gateway;
}

function start(mode: string, options: { process?: Record<string, unknown>; start?: Partial<ColdStart> } = {}) {
  return coldStart(
    {
      gateway: processGateway(mode, options.process),
      receipt,
      installDir: '/',
      scenario: aScenario(),
      dropCaches: null,
      signal: new AbortController().signal,
      ...options.start,
    },
    { gatewayDriver: localDriver, mockDriver: new MockProcessDriver(), mockPort: MOCK_PORT, workDir: workFolder },
  );
}

const QUICK = { health: { path: '/health', timeoutS: 1 } };

describe('a start', () => {
  it('ends with the first response that is right, and everything is stopped', async () => {
    const { firstResponseS, uncertaintyS, requests, readBytes } = await start('ok');
    expect(firstResponseS).toBeGreaterThan(0);
    expect(uncertaintyS).toBeLessThan(firstResponseS);
    // Node takes longer to start than one request does.
    expect(requests).toBeGreaterThan(1);
    expect(readBytes).toEqual(expect.any(Number));
    expect([GATEWAY_PORT, MOCK_PORT].filter((port) => isListening(port))).toEqual([]);
  });

  it('counts no wrong response, however healthy the gateway is', async () => {
    const { firstResponseS, requests } = await start('discovers-700');
    expect(firstResponseS).toBeGreaterThan(0.7);
    expect(requests).toBeGreaterThan(5);
  });

  it('begins after everything else runs and the caches are dropped', async () => {
    let atDrop: { mock: boolean; gateway: boolean } | null = null;
    await start('ok', {
      start: {
        dropCaches: async () => {
          atDrop = { mock: isListening(MOCK_PORT), gateway: isListening(GATEWAY_PORT) };
        },
      },
    });
    expect(atDrop).toEqual({ mock: true, gateway: false });
  });
});

describe('a gateway that never gets there', () => {
  it('fails with its exit code and its log where it ends', async () => {
    await expect(start('exit')).rejects.toThrow(
      /ended with exit code 3 before it was ready[\s\S]*cannot read the config/,
    );
    expect(isListening(MOCK_PORT)).toBe(false);
  });

  it('fails with the last response where that stays wrong', async () => {
    await expect(start('rubbish', { process: QUICK })).rejects.toThrow(
      /no response was right within 1 s of its start; the last one: .*<html>welcome/,
    );
    expect(isListening(GATEWAY_PORT)).toBe(false);
  });

  it('fails where it responds but isn’t healthy by its manifest', async () => {
    await expect(start('unhealthy', { process: QUICK })).rejects.toThrow(/was not healthy within 1 s: status 503/);
  });

  it('is not started where its port is taken', async () => {
    const other = createServer((_, response) => response.end()).listen(GATEWAY_PORT, '127.0.0.1');
    await once(other, 'listening');
    try {
      await expect(start('ok')).rejects.toThrow(new RegExp(`port ${GATEWAY_PORT}`));
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('is stopped where the user interrupts', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 300);
    await expect(
      start('rubbish', {
        process: { health: { path: '/health', timeoutS: 60 } },
        start: { signal: controller.signal },
      }),
    ).rejects.toBe(reason);
    expect([GATEWAY_PORT, MOCK_PORT].filter((port) => isListening(port))).toEqual([]);
  });
});
