import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tailOf } from '../../src/lib/child.js';

it('reads the last lines of a log as they looked at last', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  try {
    const path = join(folder, 'gateway.log');
    await writeFile(path, 'first\n\rstarting .\rstarting ..\r\u001b[32mready\u001b[0m\r\nlast\n');
    expect(await tailOf(path, 2)).toEqual(['ready', 'last']);
    expect(await tailOf(join(folder, 'none.log'), 2)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
