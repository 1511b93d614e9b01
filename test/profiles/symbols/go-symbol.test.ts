import { describe, expect, it } from 'vitest';
import { goName, goPackageOf, provesGo } from '../../../src/profiles/symbols/go-symbol.js';

describe('symbols of Go programs', () => {
  it.each([
    ['runtime.goexit', 'runtime'],
    ['net/http.(*conn).serve', 'net/http'],
    ['main.mountOpenAIRoutes.chatCompletionsHandler.func1', 'main'],
    ['github.com/go-chi/chi/v5.(*Mux).routeHTTP-fm', 'github.com/go-chi/chi/v5'],
    ['gopkg.in/yaml%2ev3.(*parser).peek', 'gopkg.in/yaml.v3'],
    ['slices.SortFunc[...]', 'slices'],
    ['slices.pdqsortCmpFunc[go.shape.struct { github.com/a/b.Name string }]', 'slices'],
    ['internal/runtime/maps.(*Map).getWithKey', 'internal/runtime/maps'],
    ['type:.eq.net/http.http2FrameHeader', 'runtime'],
    ['aeshashbody', 'runtime'],
    ['gcWriteBarrier2', 'runtime'],
    ['sqlite3_step', null],
    ['_cgo_sys_thread_start', null],
    ['.plt', null],
  ])('%s is in %s', (symbol, expected) => {
    expect(goPackageOf(symbol)).toBe(expected);
  });

  it.each([
    ['runtime.goexit.abi0', 'runtime.goexit'],
    ['runtime.morestack.abi0', 'runtime.morestack'],
    ['a/b.HandleProviderResponse[go.shape.78d4860610e1103119194bb8c1374197]', 'a/b.HandleProviderResponse[...]'],
    ['a.Map[go.shape.string,go.shape.[]uint8].Load', 'a.Map[...].Load'],
    ['main.abi0rigin', 'main.abi0rigin'],
  ])('%s is called %s', (symbol, expected) => {
    expect(goName(symbol)).toBe(expected);
  });

  it('know a Go binary by its runtime', () => {
    expect(provesGo('runtime.goexit.abi0')).toBe(true);
    expect(provesGo('runtime.gcBgMarkWorker')).toBe(true);
    expect(provesGo('runtime.c_helper')).toBe(false);
    expect(provesGo('main')).toBe(false);
  });
});
