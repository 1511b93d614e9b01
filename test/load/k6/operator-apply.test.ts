import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../../src/lib/paths.js';
import { waitUntil } from '../../../src/lib/sleep.js';
import { type TemporaryFolder, temporaryFolder } from '../../../src/lib/temporary-folder.js';
import { apiServerMissing, TestApiServer } from '../../support/api-server.js';
import { cli } from '../../support/cli.js';
import { DEFINITION } from '../../support/custom-resource.js';

const missing = apiServerMissing();
if (missing !== null)
  process.stderr.write(`\nSKIPPED on this machine: k6-operator's files in an API server: ${missing}\n`);

const SCENARIOS = join(PACKAGE_ROOT, 'scenarios');
const STRICT = ['--validate=strict'];
/** A TestRun's spec with what the operator's schema fills in: pods begin paused, and are started together. */
const filledIn = (spec: { runner: object }) => ({
  ...{ paused: 'true', quiet: 'true' },
  ...spec,
  runner: { disabled: false, ...spec.runner },
});

describe.skipIf(missing !== null)('a real kube-apiserver with k6-operator’s CRD', () => {
  let server: TestApiServer;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await TestApiServer.start();
    expect(server.kubectl(['create', '-f', '-'], DEFINITION)).toMatchObject({ status: 0, stderr: '' });
    const isServed = () => server.kubectl(['get', 'testruns']).status === 0;
    expect(await waitUntil(isServed, 60_000, undefined, 250)).toBe(true);
  });
  afterAll(async () => {
    await server?.stop();
    await folder?.remove();
  });

  /** The files of a load. @throws with what the command said, where it refuses the load */
  async function write(name: string, ...args: string[]) {
    const out = join(folder.path, name);
    const all = ['--target', 'http://gateway.default.svc:8787', '--parallelism', '4', '--name', name, '--out', out];
    const { exitCode, stderr } = await cli(['k6-operator', ...all, ...args]);
    if (exitCode !== 0) throw new Error(stderr);
    const files = [join(out, 'configmap.yaml'), join(out, 'testrun.yaml')];
    const [configMap, testRun] = files.map((file) => parse(readFileSync(file, 'utf8')));
    const script = readFileSync(join(out, 'script.js'), 'utf8');
    return { name, flags: files.flatMap((file) => ['-f', file]), configMap, testRun, script };
  }

  /** Apply the files of a load, and expect the server to keep all that is in them. @returns the script */
  function expectKept({ name, flags, configMap, testRun, script }: Awaited<ReturnType<typeof write>>): string {
    for (const how of [
      ['--server-side', '--dry-run=server'],
      ['--server-side', ...STRICT],
      // Applied again, nothing is to change.
      ['--server-side', ...STRICT],
    ]) {
      const { status, stderr } = server.kubectl(['apply', ...how, ...flags]);
      expect({ how, status, stderr }).toEqual({ how, status: 0, stderr: '' });
    }
    const [storedMap, storedRun] = [server.stored('configmap', name), server.stored('testrun', name)];
    expect(storedMap.data).toEqual({ 'script.js': script });
    expect(storedMap.metadata).toMatchObject(configMap.metadata);
    expect(storedRun.spec).toEqual(filledIn(testRun.spec));
    expect(storedRun.metadata).toMatchObject(testRun.metadata);
    expect(storedRun.metadata.generation).toBe(1);
    return script;
  }

  it('keeps every field of all scenarios that k6 can drive', async () => {
    const kept: string[] = [];
    for (const name of readdirSync(SCENARIOS).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])) {
      const written = await write(name, '--scenario', name).catch((error: Error) => error.message);
      if (typeof written === 'string') {
        expect(written).toMatch(/error: k6 /);
      } else {
        expectKept(written);
        kept.push(name);
      }
    }
    expect(kept).toEqual(expect.arrayContaining(['published', 'quick', 'ramp', 'spike', 'streaming']));
  });

  it('keeps what the options say, the longest name and an open loop', async () => {
    const path = join(folder.path, 'even.yaml');
    const open = readFileSync(join(SCENARIOS, 'open.yaml'), 'utf8');
    await writeFile(path, open.replace('arrivals: poisson', 'arrivals: constant'));
    const load = ['--scenario', path, '--warmup', '2s', '--duration', '7s', '--model', 'other: "model" #1'];
    const headers = ['--header', 'X-One: 1', '--header', "authorization:Bearer 'a: b'"];
    const pods = ['--target', 'https://gateway.example.com/chat?v=1', '--parallelism', '1000'];
    const image = ['--image', 'registry.example.com:5000/k6@sha256:0123'];
    const script = expectKept(await write('a'.repeat(52), ...load, ...headers, ...pods, ...image));
    expect(script).toMatch(/"ratePerSec":\s*1000\b/);
  });

  it('keeps characters that YAML’s versions read differently', async () => {
    const path = join(folder.path, 'odd.yaml');
    const odd = 'tab\t, end \nNEL\u0085LS\u2028PS\u2029BOM\ufeffDEL\u007fC1\u009f%😀 yes: no # \\ \' "';
    const scenario = parse(readFileSync(join(SCENARIOS, 'quick.yaml'), 'utf8'));
    scenario.request.messages = [{ role: 'user', content: odd }];
    await writeFile(path, stringify(scenario));
    const script = expectKept(await write('odd', '--scenario', path));
    const { body } = JSON.parse(/^const LOAD = (\{.*?\n\});/s.exec(script)?.[1] ?? '');
    expect(JSON.parse(body).messages[0].content).toBe(odd);
  });

  it('keeps a name that is a boolean in YAML 1.1', async () => {
    expectKept(await write('no', '--scenario', 'quick', '--vus', '20000'));
  });

  it('keeps a script of almost 1 MB, for which plain apply has no room', async () => {
    const path = join(folder.path, 'large.yaml');
    const quick = readFileSync(join(SCENARIOS, 'quick.yaml'), 'utf8');
    await writeFile(path, quick.replace('Say hello in five words.', 'x'.repeat(960_000)));
    expectKept(await write('large', '--scenario', path));
    const { flags } = await write('larger', '--scenario', path);
    expect(server.kubectl(['apply', ...flags]).stderr).toMatch(/annotations: Too long/);
  });

  it('takes plain apply too, and would notice a field that the operator doesn’t know', async () => {
    const { flags, testRun } = await write('plain', '--scenario', 'quick');
    expect(server.kubectl(['apply', '--dry-run=server', ...flags])).toMatchObject({ status: 0, stderr: '' });
    expect(server.kubectl(['apply', ...STRICT, ...flags])).toMatchObject({ status: 0, stderr: '' });
    const apply = (spec: object, ...how: string[]) =>
      server.kubectl(
        ['apply', ...how, '-f', '-'],
        stringify({ ...testRun, metadata: { name: 'wrong' }, spec: { ...testRun.spec, ...spec } }),
      );
    const unknown = { vus: 3, runner: { envs: [] } };
    expect(apply(unknown, ...STRICT).stderr).toMatch(/unknown field "spec.runner.envs", unknown field "spec.vus"/);
    expect(apply(unknown, '--server-side').stderr).toMatch(/field not declared in schema/);
    expect(apply({ parallelism: '4' }).stderr).toMatch(/spec.parallelism: Invalid value: "string"/);
    const warned = apply(unknown, '--validate=warn');
    expect(warned).toMatchObject({ status: 0, stderr: expect.stringContaining('unknown field "spec.vus"') });
    expect(server.stored('testrun', 'wrong').spec).toEqual(filledIn({ ...testRun.spec, runner: {} }));
  });
});
