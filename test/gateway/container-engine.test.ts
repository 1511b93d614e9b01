import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContainer, findLocalImage, inspectContainer, probeEngine } from '../../src/gateway/container-engine.js';

const HEX = 'ab'.repeat(32);

/** Programs of the engines' names that print what the real ones print. */
describe('what engines answer', () => {
  const path = process.env.PATH;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    process.env.PATH = `${folder}:/usr/bin:/bin`;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  });
  const engineThat = async (engine: string, script: string) => {
    await writeFile(join(folder, engine), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, engine), 0o755);
  };

  it('tells its version', async () => {
    await engineThat('podman', 'echo 4.3.1');
    expect(await probeEngine('podman')).toEqual({ available: true, version: '4.3.1' });
  });

  it('says why it doesn’t answer', async () => {
    await engineThat('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
    expect(await probeEngine('docker')).toMatchObject({
      available: false,
      reason: 'docker is not responding: Cannot connect to the Docker daemon',
    });
  });

  it('is not installed', async () => {
    process.env.PATH = folder;
    expect(await probeEngine('podman')).toMatchObject({ available: false, hint: 'apt-get install podman' });
  });

  it.each([
    ['docker', `sha256:${HEX}`],
    ['podman', HEX],
  ] as const)('names an image by its ID, %s in its own way', async (engine, printed) => {
    await engineThat(engine, `echo ${printed}`);
    expect(await findLocalImage(engine, 'example.org/a')).toBe(`sha256:${HEX}`);
  });

  it('has no such image', async () => {
    await engineThat('docker', 'echo "[]"; echo "Error: No such image" >&2; exit 1');
    expect(await findLocalImage('docker', 'example.org/a')).toBeNull();
  });

  it('names a container after its warnings', async () => {
    await engineThat('docker', `echo "WARNING: no swap limit" >&2; echo ${HEX}`);
    expect(await createContainer('docker', [])).toBe(HEX);
  });

  it('says what it complains of first, warnings apart', async () => {
    const words = 'WARNING: no swap limit\\nError response from daemon: no such program\\nError: failed to start';
    await engineThat('docker', `printf '${words}' >&2; exit 125`);
    await expect(createContainer('docker', [])).rejects.toThrow(
      'docker could not create the container: Error response from daemon: no such program',
    );
  });

  it('tells a state that lacks what only the other engine has', async () => {
    await engineThat('podman', `echo '{"Running":true,"Pid":7,"ExitCode":0,"Status":"running"}'`);
    expect(await inspectContainer('podman', HEX)).toEqual({
      Running: true,
      Pid: 7,
      ExitCode: 0,
      OOMKilled: false,
      Error: '',
    });
  });
});
