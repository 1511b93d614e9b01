import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fillTemplate } from '../../src/lib/placeholders.js';
import type { ProcessGateway } from '../../src/model/resolved-gateway.js';
import { resolved } from './read.js';

const VALUES = {
  entry: '/usr/local/bin/kong',
  work: '/cell',
  listen: '127.0.0.1',
  port: '8000',
  'ports.admin': '8001',
  'ports.status': '8100',
  upstream: 'http://127.0.0.1:9000',
};
const fill = (text: string) => fillTemplate(text, VALUES);

function render({ folder, process }: ProcessGateway) {
  const [file, ...others] = process.files;
  if (file === undefined || others.length > 0) throw new Error('one file is expected');
  return {
    to: file.to,
    config: parse(fill(readFileSync(join(folder, file.template), 'utf8'))),
    environment: Object.fromEntries(Object.entries(process.environment).map(([key, text]) => [key, fill(text)])),
  };
}

describe.each(['default', 'ai-proxy'])('kong, variant %s', (variant) => {
  const gateway = resolved('kong', variant);
  const { to, config, environment } = render(gateway);

  it('is started in the foreground, without a database, on loopback alone', () => {
    expect(gateway.process.command.map(fill)).toEqual(['/usr/local/bin/kong', 'start']);
    expect(environment).toMatchObject({
      KONG_NGINX_DAEMON: 'off',
      KONG_DATABASE: 'off',
      KONG_PREFIX: '/cell/kong',
      KONG_DECLARATIVE_CONFIG: `/cell/${to}`,
      KONG_PROXY_LISTEN: '127.0.0.1:8000 reuseport backlog=16384',
      KONG_ADMIN_LISTEN: '127.0.0.1:8001',
      KONG_STATUS_LISTEN: '127.0.0.1:8100',
      KONG_ADMIN_GUI_LISTEN: 'off',
      KONG_ANONYMOUS_REPORTS: 'off',
    });
  });

  it('is ready by its status listener and stops by its own command', () => {
    expect(gateway.process.health).toMatchObject({ path: '/status/ready', port: 'status' });
    expect(gateway.process.stop.command?.map(fill)).toEqual([
      '/usr/local/bin/kong',
      'quit',
      '--prefix',
      '/cell/kong',
      '--timeout',
      '10',
    ]);
  });

  it('routes the completions to the upstream, unbuffered', () => {
    expect(config._format_version).toBe('3.0');
    expect(config.services).toHaveLength(1);
    expect(config.services[0]).toMatchObject({
      url: 'http://127.0.0.1:9000',
      routes: [{ paths: ['/v1/chat/completions'], methods: ['POST'], strip_path: false, response_buffering: false }],
    });
  });
});

it('has no plugin by default, and the AI plugin in its variant', () => {
  const plugins = (variant: string) => render(resolved('kong', variant)).config.services[0].routes[0].plugins;
  expect(plugins('default')).toBeUndefined();
  expect(plugins('ai-proxy')).toEqual([
    {
      name: 'ai-proxy',
      config: {
        route_type: 'llm/v1/chat',
        auth: { header_name: 'Authorization', header_value: 'Bearer sk-gatebench' },
        model: {
          provider: 'openai',
          name: 'gpt-4o',
          options: { upstream_url: 'http://127.0.0.1:9000/v1/chat/completions' },
        },
      },
    },
  ]);
});

it('is pinned to one version from its own repository, with the sums that are known', () => {
  const [method] = resolved('kong', 'default').install;
  expect(method).toMatchObject({ method: 'apt', packages: ['kong=3.9.1'], program: '/usr/local/bin/kong' });
  expect(method?.method === 'apt' && Object.keys(method.sha256)).toEqual([
    'bookworm-amd64',
    'noble-amd64',
    'noble-arm64',
  ]);
});
