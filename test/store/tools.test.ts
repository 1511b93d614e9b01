import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rootsOf } from '../../src/lib/roots.js';
import { engineNames } from '../../src/load/engines.js';
import { ProfilerName } from '../../src/model/profiler.js';
import { readTools } from '../../src/store/tools.js';

describe('readTools', () => {
  it('knows a manifest for every engine and profiler that is a program of its own, and for what makes lock files', async () => {
    const tools = await readTools(rootsOf().tools);
    expect([...tools.keys()]).toEqual(['k6', 'py-spy', 'uv', 'wrk']);
    for (const name of tools.keys()) expect([...engineNames(), ...ProfilerName.options, 'uv']).toContain(name);
    for (const { install, version } of tools.values()) {
      expect(install.length).toBeGreaterThan(1);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('refuses a file that is named otherwise than its tool', async () => {
    const root = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    onTestFinished(() => rm(root, { recursive: true }));
    await writeFile(
      join(root, 'gun.yaml'),
      'schemaVersion: 1\nname: gunner\ntitle: Gunner\nversion: 1.0.0\ninstall: [{ method: existing, variable: GATEBENCH_GUN_BIN }]\nversionProbe: { from: go-build-info }\n',
    );
    await expect(readTools(root)).rejects.toThrow(/name is "gunner", but the file is "gun.yaml"/);
  });
});
