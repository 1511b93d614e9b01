import { expect, it } from 'vitest';
import { resolved } from './read.js';

it('a variant replaces what it names, and nothing else', () => {
  const [plain, over] = [resolved('ferro', 'default'), resolved('ferro', '1.4.4')];
  expect(over.process.command).toEqual(['{entry}', 'serve']);
  expect(over.process.environment).toEqual({
    ...plain.process.environment,
    MASTER_KEY: 'sk-gatebench',
    RATE_LIMIT_RPS: '0',
  });
  const { command: _, environment: __, ...restOfPlain } = plain.process;
  expect(over.process).toMatchObject(restOfPlain);
  expect(over).toMatchObject({ version: '1.4.4', fallback: true, request: { model: 'gpt-4o' } });
  const { pprof, ...restOfProfiler } = plain.profiler;
  expect(over.profiler).toEqual({
    ...restOfProfiler,
    pprof: { ...pprof, headers: { Authorization: 'Bearer sk-gatebench' } },
  });
});

it('a variant of the same version shares the installation', () => {
  const [one, workers] = [resolved('litellm', 'default'), resolved('litellm', 'workers')];
  expect(workers.install).toEqual(one.install);
  expect(workers.process.command).toEqual([...one.process.command, '--num_workers', '{cores}']);
  expect([one.process.tree, workers.process.tree]).toEqual(['single', 'master-workers']);
});
