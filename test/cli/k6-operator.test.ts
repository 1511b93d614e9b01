import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';
import { cli } from '../support/cli.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const needed = ['--target', 'http://gateway:8787', '--parallelism', '4'];

/** Write the files, and read them. */
async function write(name: string, ...args: string[]) {
  const out = join(folder.path, name);
  const { exitCode, stdout, stderr } = await cli(['k6-operator', ...args, '--out', out]);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toBe(`written to ${out}: script.js, configmap.yaml, testrun.yaml\n`);
  expect((await readdir(out)).sort()).toEqual(['configmap.yaml', 'script.js', 'testrun.yaml']);
  const read = (file: string) => readFile(join(out, file), 'utf8');
  const [script, heading] = [await read('script.js'), (await read('testrun.yaml')).split('\n')[0]];
  const [configMap, testRun] = [parse(await read('configmap.yaml')), parse(await read('testrun.yaml'))];
  return { script, heading, configMap, testRun };
}

describe('gatebench k6-operator', () => {
  it('writes a TestRun, and the ConfigMap that it names with the script', async () => {
    const { script, heading, configMap, testRun } = await write('plain', ...needed, '-s', 'quick');
    expect(configMap).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'gatebench' },
      data: { 'script.js': script },
    });
    expect(testRun).toMatchObject({
      kind: 'TestRun',
      metadata: { name: 'gatebench' },
      spec: {
        parallelism: 4,
        script: { configMap: { name: 'gatebench', file: 'script.js' } },
        runner: { image: 'docker.io/grafana/k6:1.8.1' },
      },
    });
    expect(heading).toMatch(/^# 50 VUs from 4 pods against http:\/\/gateway:8787\/v1\/chat\/completions, /);
    expect(script).toContain('"http://gateway:8787/v1/chat/completions"');
    expect(script).toContain(String.raw`\"model\":\"gpt-4o\"`);
  });

  it('takes the load, the request and the names from its options', async () => {
    const load = ['--vus', '20000', '--warmup', '2s', '--duration', '7s', '--model', 'other-model'];
    const headers = ['--header', 'X-One: 1', '--header', 'authorization:Bearer a:b'];
    const names = ['--name', 'my-load', '--image', 'registry.example.com/k6:1'];
    const target = ['--target', 'https://gateway.example.com/openai/chat?v=1', '--parallelism', '3'];
    const { script, heading, configMap, testRun } = await write('all', ...target, ...load, ...headers, ...names);
    expect(heading).toMatch(/^# 20000 VUs from 3 pods against https:\/\/gateway\.example\.com\/openai\/chat\?v=1, /);
    expect(testRun).toMatchObject({
      metadata: { name: 'my-load' },
      spec: {
        parallelism: 3,
        script: { configMap: { name: 'my-load' } },
        runner: { image: 'registry.example.com/k6:1' },
      },
    });
    expect(configMap.metadata.name).toBe('my-load');
    expect(script).toContain('"https://gateway.example.com/openai/chat?v=1"');
    expect(script).toMatch(/"warmupMs":\s*2000\b/);
    expect(script).toMatch(/"windowMs":\s*7000\b/);
    expect(script).toMatch(/"vus":\s*20000\b/);
    expect(script).toMatch(/"X-One":\s*"1"/);
    expect(script).toMatch(/"authorization":\s*"Bearer a:b"/);
    expect(script).toContain(String.raw`\"model\":\"other-model\"`);
  });

  it('takes the scenario’s highest VU count', async () => {
    const { heading } = await write('published', ...needed);
    const scenario = parse(await readFile(join(PACKAGE_ROOT, 'scenarios', 'published.yaml'), 'utf8'));
    expect(heading).toMatch(new RegExp(`^# ${Math.max(...scenario.load.vus)} VUs from 4 pods`));
  });

  it.each([
    ['no target', ['--parallelism', '4'], /required option '--target/],
    ['no number of pods', ['--target', 'http://gateway:8787'], /required option '--parallelism/],
    ['0 pods', ['--target', 'http://gateway:8787', '--parallelism', '0'], /"0" is not a number of pods/],
    ['fewer VUs than pods', [...needed, '--vus', '3'], /4 pods can't share 3 VUs/],
    ['a target that is no URL', ['--target', 'gateway', '--parallelism', '4'], /"gateway" is not a URL/],
    [
      'a target that is not HTTP',
      ['--target', 'ftp://gateway', '--parallelism', '4'],
      /"ftp:\/\/gateway" is not a URL/,
    ],
    ['a header without a value', [...needed, '--header', 'X-One'], /"X-One" is not a header/],
    ['a header with a bad name', [...needed, '--header', 'X One: 1'], /"X One: 1" is not a header/],
    ['a name that Kubernetes refuses', [...needed, '--name', 'My_Load'], /"My_Load" can't be a name in Kubernetes/],
    ['a window of nothing', [...needed, '--duration', '500ms'], /too short/],
    ['requests of several classes', [...needed, '-s', 'mix'], /the scenario mix has request\.classes\n/],
    ['another dialect', [...needed, '-s', 'responses'], /has request\.dialect openai-responses\n/],
    ['requests of a file', [...needed, '-s', 'replay'], /has request\.replay\n/],
    ['wrong keys', [...needed, '-s', 'keys-invalid'], /has request\.keys invalid\n/],
    ['an unknown scenario', [...needed, '-s', 'publishd'], /did you mean published\?/],
  ])('refuses %s, and writes nothing', async (_, args, message) => {
    const out = join(folder.path, 'refused');
    const { exitCode, stdout, stderr } = await cli(['k6-operator', ...args, '--out', out]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a script that does not fit into a ConfigMap', async () => {
    const quick = await readFile(join(PACKAGE_ROOT, 'scenarios', 'quick.yaml'), 'utf8');
    const writeScenario = async (characters: number) => {
      const path = join(folder.path, `${characters}.yaml`);
      await writeFile(path, quick.replace('Say hello in five words.', 'x'.repeat(characters)));
      return path;
    };
    await write('fits', ...needed, '-s', await writeScenario(900_000));
    const out = join(folder.path, 'too-large');
    const args = [...needed, '-s', await writeScenario(1_000_000), '--out', out];
    const { exitCode, stderr } = await cli(['k6-operator', ...args]);
    expect(stderr).toMatch(/the script does not fit into a ConfigMap/);
    expect(exitCode).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it('says where it can’t write', async () => {
    const file = join(folder.path, 'a-file');
    await writeFile(file, '');
    const { exitCode, stderr } = await cli(['k6-operator', ...needed, '--out', file]);
    expect(stderr).toMatch(/a-file can't be written: EEXIST/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(1);
  });
});
