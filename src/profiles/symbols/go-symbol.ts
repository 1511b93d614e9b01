/** Functions that every Go program has, and no other: a binary in which one of them is seen is a Go binary. */
const GO_RUNTIME = /^runtime\.(?:goexit|mcall|mstart|mstart0|mstart1|systemstack|main|schedule|gcBgMarkWorker|rt0_go)$/;

/** Routines in assembly of Go's runtime and standard library, whose symbols have no package. */
const GO_ASSEMBLY =
  /^(?:aeshashbody|memeqbody|memhash\w*|cmpbody|countbody|indexbody|indexbytebody|gogo|gcWriteBarrier\w*|gosave_systemstack_switch|setg_gcc|callRet|addVW|subVW|_rt0_\w+)$/;

/** Whether a symbol proves that its binary was made by Go's compiler. */
export function provesGo(symbol: string): boolean {
  return GO_RUNTIME.test(goName(symbol));
}

/**
 * A symbol of a Go binary as Go's own profiles have it: without the calling convention (`runtime.goexit.abi0`), and with
 * `[...]` for the shapes that a generic function was compiled for (`[go.shape.78d4...]`).
 */
export function goName(symbol: string): string {
  return symbol.replace(/\.abi(?:0|internal)$/, '').replace(/\[go\.shape.*\]/, '[...]');
}

/**
 * The import path of the package that a Go function is in: `github.com/go-chi/chi/v5` of
 * `github.com/go-chi/chi/v5.(*Mux).ServeHTTP`. Null for what C or hand-written assembly has put into the binary.
 */
export function goPackageOf(symbol: string): string | null {
  if (GO_ASSEMBLY.test(symbol)) return 'runtime';
  if (/^(?:type|go):/.test(symbol)) return 'runtime';
  // Receivers and type arguments hold paths of their own: only what stands before them is the package.
  const end = symbol.search(/[([]/);
  const path = end < 0 ? symbol : symbol.slice(0, end);
  const dot = path.indexOf('.', path.lastIndexOf('/') + 1);
  if (dot <= 0) return null;
  // The compiler escapes dots in the path's last element: `gopkg.in/yaml%2ev3`.
  return path.slice(0, dot).replaceAll('%2e', '.');
}
