import { describe, expect, it } from 'vitest';
import { parseV8Symbol } from '../../../src/profiles/symbols/v8-symbol.js';

const read = (symbol: string) => {
  const found = parseV8Symbol(symbol);
  return found && { ...found.frame, tier: found.tier };
};

describe('symbols that V8 writes for perf', () => {
  it.each([
    [
      'JS:*lu file:///srv/app/node_modules/@portkey-ai/gateway/build/start-server.js:2:449824',
      'lu',
      2,
      '@portkey-ai/gateway',
      'optimised',
    ],
    [
      'JS:^lu file:///srv/app/node_modules/@portkey-ai/gateway/build/start-server.js:2:449824',
      'lu',
      2,
      '@portkey-ai/gateway',
      'baseline',
    ],
    ['JS:~lu /srv/app/node_modules/hono/dist/a.js:7:1', 'lu', 7, 'hono', 'interpreted'],
    ['JS:+lu /srv/app/index.js:7:1', 'lu', 7, null, 'optimised'],
    ['LazyCompile:*parserOnIncoming node:_http_server:1026:26', 'parserOnIncoming', 1026, 'node', 'optimised'],
    ['Function:~get url node:internal/url:12:3', 'get url', 12, 'node', 'interpreted'],
    ['JS:lu /srv/app/index.js:7:1', 'lu', 7, null, null],
    [
      'JS:*Class.<instance_members_initializer> /srv/my app/index.js:7:1',
      'Class.<instance_members_initializer>',
      7,
      null,
      'optimised',
    ],
  ])('%s', (symbol, name, line, module, tier) => {
    expect(read(symbol)).toMatchObject({ name, line, module, tier, kind: 'javascript' });
  });

  it('keep where a function without a name is: bundled files have thousands on one line', () => {
    expect(read('JS:*h file:///srv/a%20b/start.js:2:450287')).toMatchObject({ name: 'h', file: '/srv/a b/start.js' });
    const first = read('JS:* file:///srv/start.js:2:450287');
    const second = read('JS:^ file:///srv/start.js:2:470427');
    expect(first).toMatchObject({ file: '/srv/start.js', line: 2, tier: 'optimised' });
    expect(first?.name).toContain('450287');
    expect(first?.name).not.toBe(second?.name);
  });

  it('name WebAssembly without its compiler', () => {
    expect(read('JS:wasm-function[20]-20-turbofan')).toMatchObject({
      name: 'wasm-function[20]',
      module: 'wasm',
      tier: 'optimised',
    });
    expect(read('JS:wasm-function[10]-10-liftoff')).toMatchObject({ name: 'wasm-function[10]', tier: 'baseline' });
    expect(read('JS:wasm-to-js:iiii:i-0-turbofan')).toMatchObject({ name: 'wasm-to-js:iiii:i', module: 'wasm' });
  });

  it('are JavaScript where V8 made the code itself, and nothing else is', () => {
    expect(read('RegExp:^a b:(\\d+)$')).toMatchObject({ name: 'RegExp:^a b:(\\d+)$', kind: 'javascript', tier: null });
    expect(read('BytecodeHandler:LdaZero')).toMatchObject({ kind: 'javascript' });
    expect(read('Builtins_LoadIC_Megamorphic')).toMatchObject({ kind: 'javascript', file: null });
    expect(read('v8::internal::Builtins::code')).toBeNull();
    expect(read('JSON_parse')).toBeNull();
  });
});
