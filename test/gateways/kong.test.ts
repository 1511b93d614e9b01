import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { fillTemplate } from '../../src/lib/placeholders.js';
import type { ProcessGateway } from '../../src/model/resolved-gateway.js';
import { perfProfiler } from '../../src/profilers/perf/perf.js';
import { categorisedOf } from '../support/categorised.js';
import { resolved } from './read.js';

const VALUES = {
  entry: '/usr/local/bin/kong',
  work: '/cell',
  listen: '127.0.0.1',
  port: '8000',
  'ports.admin': '8001',
  'ports.status': '8100',
  cores: '3',
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
    expect(gateway.process.command.map(fill)).toEqual([
      'sh',
      '-c',
      expect.stringMatching(/ prepare .* && exec nginx /),
      '/usr/local/bin/kong',
    ]);
    expect(environment).toMatchObject({
      KONG_NGINX_DAEMON: 'off',
      // Of the CPUs that --pin leaves it.
      KONG_NGINX_WORKER_PROCESSES: '3',
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

  it('is ready by its status listener and finishes its requests when it is stopped', () => {
    expect(gateway.process.health).toMatchObject({ path: '/status/ready', port: 'status' });
    expect(gateway.process.stop).toMatchObject({ signal: 'SIGQUIT' });
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

it('prepares its prefix and then is nginx itself, so that no helper is in its tree', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = async (name: string, script: string) => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  };
  const kong = await program('kong', 'mkdir "$3" && echo "$@" >"$3/prepared"');
  await program('nginx', 'cat "$2/prepared"; echo "nginx $$ $@"');
  const prefix = join(folder, 'prefix');
  const [shell = '', ...args] = resolved('kong', 'default').process.command.map((argument) =>
    fillTemplate(argument, { entry: kong }),
  );
  const child = spawn(shell, args, { env: { PATH: `${folder}:${process.env.PATH}`, KONG_PREFIX: prefix } });
  const said = await text(child.stdout);
  expect(said).toBe(`prepare -p ${prefix}\nnginx ${child.pid} -p ${prefix} -c nginx.conf\n`);
});

it('loads the plugin that names compiled Lua where perf profiles it, and only there', async () => {
  const { folder, profiler, process } = resolved('kong', 'default');
  const { KONG_PLUGINS, KONG_LUA_PACKAGE_PATH = '' } = await perfProfiler()
    .launch(profiler, '/cell/profile')
    .then(({ environment }) => environment);
  expect(process.environment).not.toHaveProperty('KONG_PLUGINS');
  expect(KONG_PLUGINS).toBe('bundled,perf-map');
  const luajit = new URL('../../remote-programs/luajit', import.meta.url).pathname;
  const path = fillTemplate(KONG_LUA_PACKAGE_PATH, { folder, luajit }).split(';');
  for (const module of ['kong/plugins/perf-map/handler', 'kong/plugins/perf-map/schema', 'perf-map']) {
    expect(path.some((each) => each.startsWith('/') && existsSync(each.replace('?', module)))).toBe(true);
  }
});

it('categorises compiled Lua by its file', () => {
  const lua = '/usr/local/share/lua/5.1/kong';
  const { stackCategories } = categorisedOf(
    {
      [`L:exec|${lua}/router/init.lua`]: 1,
      [`L:access|${lua}/plugins/key-auth/handler.lua`]: 1,
      [`L:log|${lua}/plugins/http-log/handler.lua`]: 1,
      [`L:access|${lua}/runloop/handler.lua`]: 1,
      'L:request|/usr/local/share/lua/5.1/resty/http.lua': 1,
    },
    { rules: resolved('kong', 'default').profiler.categories },
  );
  expect(stackCategories).toEqual(['routing', 'auth', 'logging', 'own', 'http']);
});

it("counts LuaJIT's own code and what it compiled as language runtime", () => {
  const nginx = 'ngx_http_lua_run_thread@/usr/local/openresty/nginx/sbin/nginx';
  const stacks = { [`${nginx};lj_BC_CALL@/usr/lib/libluajit-5.1.so.2`]: 3, '?@[jit]': 2, [nginx]: 1 };
  const { stackCategories } = categorisedOf(stacks, { rules: resolved('kong', 'default').profiler.categories });
  expect(stackCategories).toEqual(['runtime', 'runtime', 'own']);
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
