import { describe, expect, it } from 'vitest';
import { templateVariables } from '../../src/gateway/template-variables.js';
import { directGateway } from '../support/cell-runner.js';

const start = {
  gateway: directGateway,
  receipt: null,
  installDir: '/',
  workDir: '/cell',
  upstream: 'http://127.0.0.1:9000',
  cpus: '0-1',
};

describe('gatewayValues', () => {
  it('lets gateways listen to this machine alone, unless another address is asked for', () => {
    expect(templateVariables(start).listen).toBe('127.0.0.1');
    expect(templateVariables({ ...start, listen: '0.0.0.0' }).listen).toBe('0.0.0.0');
  });

  it('has the schemes, and the files of a certificate in a run over TLS alone', () => {
    const certificate = { ca: 'PEM', caFile: '/tls/ca', certFile: '/tls/cert', keyFile: '/tls/key' };
    const tls = { certificate, client: true, upstream: false };
    expect(templateVariables({ ...start, tls })).toMatchObject({
      clientScheme: 'https',
      upstreamScheme: 'http',
      tlsCa: '/tls/ca',
      tlsCert: '/tls/cert',
      tlsKey: '/tls/key',
    });
    const plain = templateVariables({ ...start, upstream: 'https://127.0.0.1:9000' });
    expect([plain.clientScheme, plain.upstreamScheme, plain.upstreamPort, plain.tlsCa]).toEqual([
      'http',
      'https',
      '9000',
      undefined,
    ]);
  });
});
