import { describe, expect, it } from 'vitest';
import { parseInstallSpec } from '../../../src/app/new-gateway/install-spec.js';

describe('parseInstallSpec', () => {
  it.each([
    ['npm:@portkey-ai/gateway@1.15.2', 'npm', '@portkey-ai/gateway', '', '1.15.2'],
    ['npm:@portkey-ai/gateway', 'npm', '@portkey-ai/gateway', '', null],
    ['pip:litellm[proxy]==1.82.6', 'pip', 'litellm', '[proxy]', '1.82.6'],
    ['pip:litellm[proxy]@1.82.6', 'pip', 'litellm', '[proxy]', '1.82.6'],
    ['pip:ferrogw', 'pip', 'ferrogw', '', null],
    ['go:example.com/gw//cmd/gw@v1.2.3', 'go', 'example.com/gw', './cmd/gw', '1.2.3'],
    ['go:example.com/gw@v1.2.3', 'go', 'example.com/gw', '.', '1.2.3'],
    ['deb:nginx', 'deb', 'nginx', '', null],
    ['existing:/usr/local/bin/gw@1.2.3', 'existing', '/usr/local/bin/gw', '', '1.2.3'],
    [
      'download:https://e.com/v{version}/gw.tar.gz@1.2.3',
      'download',
      'https://e.com/v{version}/gw.tar.gz',
      '',
      '1.2.3',
    ],
  ])('reads %s', (text, kind, name, part, version) => {
    expect(parseInstallSpec(text)).toEqual({ kind, name, part, version });
  });

  it.each(['', 'litellm', 'brew:nginx', 'npm:', 'npm:gateway@'])('refuses "%s"', (text) => {
    expect(() => parseInstallSpec(text)).toThrow(/doesn't say how it is installed|ends without a version/);
  });
});
