import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type CreateOptions,
  containerOverrides,
  containerVariables,
  createArguments,
  renderContainer,
} from '../../src/gateway/render-container.js';
import { ContainerSpec } from '../../src/model/container.js';
import { type ProcessGateway, resolveVariant } from '../../src/model/resolved-gateway.js';
import { aManifest } from '../support/manifest.js';

const IMAGE = `example.org/sample@sha256:${'0'.repeat(64)}`;
const VARIABLES = {
  port: '18100',
  upstream: 'http://127.0.0.1:9000',
  work: '/srv/work',
  entry: '/srv/entry',
  cores: '2',
};

function sample(folder = '/'): ProcessGateway {
  const gateway = resolveVariant(aManifest(), 'default', folder);
  if (gateway.kind !== 'process') throw new Error('a sample is a process');
  return gateway;
}

const render = (spec: Record<string, unknown>, folder?: string) =>
  renderContainer(sample(folder), ContainerSpec.parse({ image: IMAGE, ...spec }), containerVariables(VARIABLES));

const OPTIONS: CreateOptions = {
  engine: 'docker',
  name: 'gatebench-sample-1',
  gateway: 'sample',
  mounts: new Map(),
  cpus: null,
  stopSignal: 'SIGTERM',
  descriptors: null,
};

describe('a container’s manifest, rendered', () => {
  it('has its placeholders filled, files included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    try {
      await writeFile(join(folder, 'a.yaml'), 'to: {upstream}\n');
      const files = [{ template: 'a.yaml', to: '/etc/a.yaml' }];
      const rendered = await render({ command: ['-p', '{port}'], environment: { N: '{cores}' }, files }, folder);
      expect(rendered).toMatchObject({
        command: ['-p', '18100'],
        environment: { N: '2' },
        entrypoint: null,
        user: null,
      });
      expect([...rendered.files]).toEqual([['/etc/a.yaml', 'to: http://127.0.0.1:9000\n']]);
      await writeFile(join(folder, 'a.yaml'), 'to: somewhere else\n');
      const changed = await render({ command: ['-p', '{port}'], environment: { N: '{cores}' }, files }, folder);
      expect(changed.configSha256).not.toBe(rendered.configSha256);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['{work}/x', '{entry}', '{install}', '{folder}'])('refuses %s, which only exists outside', async (word) => {
    await expect(render({ command: [word] })).rejects.toThrow(/unknown placeholder/);
  });

  it('names a template that is missing, and where it is named', async () => {
    await expect(render({ files: [{ template: 'none.yaml', to: '/a' }] })).rejects.toMatchObject({
      message: expect.stringContaining('none.yaml'),
      hint: expect.stringContaining('container.files'),
    });
  });
});

it('takes over what a profiler adds to the environment, or none of it if some names files of this machine', () => {
  const command = (argv: readonly string[]) => [...argv];
  const plain = { environment: { JAVA_TOOL_OPTIONS: '-XX:+PreserveFramePointer' }, command };
  const local = { environment: { KONG_PLUGINS: 'perf-map', KONG_LUA_PACKAGE_PATH: '{luajit}/?.lua' }, command };
  expect(containerOverrides(plain)).toEqual(plain);
  expect(containerOverrides(local)).toEqual({ environment: {}, command });
});

describe('the arguments of create', () => {
  it('never pull, use the host’s network, and end with image and command', async () => {
    const args = createArguments(await render({ command: ['serve', '--image'] }), OPTIONS);
    expect(args).toEqual(expect.arrayContaining(['--pull=never', '--network=host', '--init', '--stop-signal=SIGTERM']));
    expect(args).toContain('--label=gatebench.gateway=sample');
    expect(args.slice(-3)).toEqual([IMAGE, 'serve', '--image']);
  });

  it('leave the image’s own command, user and init where the manifest names none', async () => {
    const args = createArguments(await render({ init: false }), OPTIONS);
    expect(args.at(-1)).toBe(IMAGE);
    expect(args.filter((arg) => /^--(init|user|entrypoint|cpuset|ulimit|mount)/.test(arg))).toEqual([]);
  });

  it('pin, limit, mount read-only and set the user', async () => {
    const rendered = await render({ user: '1000:1000', entrypoint: 'node' });
    const args = createArguments(rendered, {
      ...OPTIONS,
      cpus: '2-3',
      descriptors: 4096,
      mounts: new Map([['/etc/a.yaml', '/srv/mounts/0']]),
    });
    expect(args).toEqual(
      expect.arrayContaining([
        '--cpuset-cpus=2-3',
        '--ulimit=nofile=4096:4096',
        '--user=1000:1000',
        '--entrypoint=node',
        '--mount=type=bind,source=/srv/mounts/0,target=/etc/a.yaml,readonly',
      ]),
    );
  });

  it.each([
    ['docker', '--env=https_proxy='],
    ['podman', '--http-proxy=false'],
  ] as const)('keep the user’s proxies out of the container: %s', async (engine, argument) => {
    const args = createArguments(await render({ environment: { HTTP_PROXY: 'http://127.0.0.1:1' } }), {
      ...OPTIONS,
      engine,
    });
    expect(args).toContain(argument);
    // What the manifest says stands, and once.
    expect(args.filter((arg) => arg.startsWith('--env=HTTP_PROXY'))).toEqual(['--env=HTTP_PROXY=http://127.0.0.1:1']);
  });
});
