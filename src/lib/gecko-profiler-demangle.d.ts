/** The package's own types are of an entry that only bundlers can load. */
declare module 'gecko-profiler-demangle/index_bg.js' {
  export function demangle_any(symbol: string): string;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** The part of it that is used. TypeScript has it only among the types of browsers. */
declare namespace WebAssembly {
  type Exports = Readonly<Record<string, unknown>>;
  function instantiate(
    program: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<{ instance: { exports: Exports } }>;
}
