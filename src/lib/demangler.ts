import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

type Demangle = (symbol: string) => string;

let loading: Promise<Demangle> | null = null;

/**
 * The Firefox Profiler's demangler: C++ (Itanium's and Microsoft's names) and Rust (both its old and its v0 names).
 * Loaded once: its wrapper is bound to one instance of the program.
 * @returns a function that returns what it can't read as it is
 */
export function loadDemangler(): Promise<Demangle> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Demangle> {
  const wrapper = await import('gecko-profiler-demangle/index_bg.js');
  const program = createRequire(import.meta.url).resolve('gecko-profiler-demangle/index_bg.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(program), { './index_bg.js': { ...wrapper } });
  const { exports } = instance;
  wrapper.__wbg_set_wasm(exports);
  if (typeof exports.__wbindgen_start === 'function') exports.__wbindgen_start();
  return wrapper.demangle_any;
}
