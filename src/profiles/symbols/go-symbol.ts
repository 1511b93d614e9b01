/** Functions that exist in every Go program and in no other. */
const GO_RUNTIME = /^runtime\.(?:goexit|mcall|mstart|mstart0|mstart1|systemstack|main|schedule|gcBgMarkWorker|rt0_go)$/;

/** Assembly routines of Go's runtime and standard library, whose symbols have no package. */
const GO_ASSEMBLY =
  /^(?:aeshashbody|memeqbody|memhash\w*|cmpbody|countbody|indexbody|indexbytebody|gogo|gcWriteBarrier\w*|gosave_systemstack_switch|setg_gcc|callRet|addVW|subVW|_rt0_\w+)$/;

/** Whether a symbol proves that its binary is a Go program. */
export function provesGo(symbol: string): boolean {
  return GO_RUNTIME.test(goName(symbol));
}

/**
 * Names a symbol of a Go binary as Go's own profiles do: without the calling convention (`runtime.goexit.abi0`), and with
 * `[...]` instead of a generic function's shapes (`[go.shape.78d4...]`).
 */
export function goName(symbol: string): string {
  return symbol.replace(/\.abi(?:0|internal)$/, '').replace(/\[go\.shape.*\]/, '[...]');
}

/**
 * The import path of a Go function's package: `github.com/go-chi/chi/v5` for
 * `github.com/go-chi/chi/v5.(*Mux).ServeHTTP`. Null for C code and hand-written assembly.
 */
export function goPackageOf(symbol: string): string | null {
  if (GO_ASSEMBLY.test(symbol)) return 'runtime';
  if (/^(?:type|go):/.test(symbol)) return 'runtime';
  // Receivers and type arguments contain paths too: the package comes before them.
  const end = symbol.search(/[([]/);
  const path = end < 0 ? symbol : symbol.slice(0, end);
  const dot = path.indexOf('.', path.lastIndexOf('/') + 1);
  if (dot <= 0) return null;
  // The compiler escapes dots in the path's last element: `gopkg.in/yaml%2ev3`.
  return path.slice(0, dot).replaceAll('%2e', '.');
}
