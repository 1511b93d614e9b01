import { describe, expect, it } from 'vitest';
import { normaliseFile, normaliseModule, normaliseName } from '../../../src/profiles/analysis/normalised-frames.js';

describe('normaliseName', () => {
  it.each([
    ['*lu', 'lu'],
    ['~lu', 'lu'],
    ['^processTicksAndRejections', 'processTicksAndRejections'],
    ['LazyCompile:*handle', 'handle'],
    ['finish_task_switch.isra.0', 'finish_task_switch'],
    ['do_epoll_pwait.part.0', 'do_epoll_pwait'],
    ['foo.constprop.0.isra.2', 'foo'],
    ['runtime.goexit.abi0', 'runtime.goexit'],
    ['main.serve.func1', 'main.serve.func'],
    ['main.serve.func1.2.1', 'main.serve.func'],
    ['net/http.(*Server).Serve.gowrap3', 'net/http.(*Server).Serve.gowrap'],
    ['x.(*T).M-fm', 'x.(*T).M'],
    ['core.executeRequestWithRetries[go.shape.*uint8]', 'core.executeRequestWithRetries[]'],
    ['utils.Handle[go.shape.78d4860610e1103119194bb8c137419755b8506c]', 'utils.Handle[]'],
    [
      'v8::internal::Scavenger::ScavengeObject<v8::internal::FullHeapObjectSlot>',
      'v8::internal::Scavenger::ScavengeObject<>',
    ],
    ['std::map<int, std::vector<a> >::find', 'std::map<>::find'],
    ['std::operator<< <std::char_traits<char> >', 'std::operator<< <>'],
    ['v8::internal::(anonymous namespace)::Invoke', 'v8::internal::(anonymous namespace)::Invoke'],
    ['<dictcomp>', '<dictcomp>'],
    ['[unknown]', '[unknown]'],
    ['[unknown] 0x81d10', '[unknown] 0x81d10'],
    ['tokio::park::h0123456789abcdef', 'tokio::park'],
    ['malloc@plt', 'malloc'],
    ['cfree@GLIBC_2.2.5', 'cfree'],
    ['pthread_cond_wait@@GLIBC_2.3.2', 'pthread_cond_wait'],
    ['stub 0x7f94383d5510', 'stub 0x…'],
    ['thread (140213)', 'thread'],
    ['(anonymous 2:449824)', '(anonymous 2:449824)'],
  ])('%s is %s', (name, normal) => {
    expect(normaliseName(name)).toBe(normal);
  });

  it('is done once: a second time changes nothing', () => {
    for (const name of ['main.serve.func1.2', '*lu', 'a<b<c>>::d', 'stub 0x7f94383d5510', 'foo.isra.0.constprop.1']) {
      expect(normaliseName(normaliseName(name))).toBe(normaliseName(name));
    }
  });
});

describe('modules and files', () => {
  it.each([
    ['/tmp/perf-2955.map', 'perf.map'],
    ['/srv/a/ferrogw-1.0.0', 'ferrogw'],
    ['/usr/lib/x86_64-linux-gnu/libc.so.6', 'libc.so.6'],
    ['[kernel]', '[kernel]'],
    ['net/http', 'net/http'],
    ['@portkey-ai/gateway', '@portkey-ai/gateway'],
    [null, null],
  ])('module %s is %s', (module, normal) => {
    expect(normaliseModule(module)).toBe(normal);
  });

  it.each([
    ['/srv/1.15.2/node_modules/@hono/node-server/dist/index.mjs', '@hono/node-server/dist/index.mjs'],
    ['/srv/lib/python3.11/site-packages/litellm/router.py', 'litellm/router.py'],
    ['/srv/app/chunk-4f3a9b21c.js', 'chunk-….js'],
    ['node:internal/timers', 'node:internal/timers'],
    [null, null],
  ])('file %s is %s', (file, normal) => {
    expect(normaliseFile(file)).toBe(normal);
  });
});
