import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * The Firefox Profiler's demangler: C++ (Itanium's and Microsoft's names) and Rust (both its old and its v0 names).
 * @returns a function that returns what it can't read as it is
 */
export async function loadDemangler(): Promise<(symbol: string) => string> {
  const wrapper = await import('gecko-profiler-demangle/index_bg.js');
  const program = createRequire(import.meta.url).resolve('gecko-profiler-demangle/index_bg.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(program), { './index_bg.js': { ...wrapper } });
  const { exports } = instance;
  wrapper.__wbg_set_wasm(exports);
  if (typeof exports.__wbindgen_start === 'function') exports.__wbindgen_start();
  return wrapper.demangle_any;
}
