import type { Frame } from '../../model/profile.js';

/** The template arguments of C++ names and the type arguments of Go's: they hold hashes of shapes, and whole types. */
function withoutTypeArguments(name: string): string {
  if (!/[<[]/.test(name) || /^[<[]/.test(name)) return name;
  let depth = 0;
  let plain = '';
  // In `operator<`, `operator->` and `operator[]` they are no brackets.
  for (const part of name.split(/(operator(?:<=>|<<=?|>>=?|<=?|>=?|->\*?|\[\])|->|[<>[\]])/)) {
    if (part === '<' || part === '[') {
      if (depth === 0) plain += part;
      depth += 1;
    } else if (part === '>' || part === ']') {
      depth = Math.max(0, depth - 1);
      if (depth === 0) plain += part;
    } else if (depth === 0) plain += part;
  }
  return plain;
}

/**
 * A function's name without what differs from one build or run to the next:
 * - addresses and offsets, and versions and copies that a linker or compiler marks (`@GLIBC_2.2.5`, `.isra.0`, `.abi0`);
 * - V8's marks of the tier that compiled a function (`*` optimised, `^` baseline, `~` interpreted): it is one function;
 * - the numbers of Go's closures (`func1.2` and `gowrap3`): an edit further up renumbers them, so that one function's
 *   closures count as one;
 * - type arguments, and Rust's hashes.
 */
export function normaliseName(name: string): string {
  // Where a function without a name begins in its binary: the same in every run of it, and all that tells it apart.
  if (/^\[unknown\] 0x[0-9a-f]+$/.test(name)) return name;
  const bare = name
    .replace(/\+0x[0-9a-f]+$/, '')
    .replace(/^(?:JS|LazyCompile|Function|Script|Eval|Builtin):(?=[*~^+]?\S)/, '')
    .replace(/^[*~^+](?=[\w$#(.<[]|$)/, '')
    .replace(/@(?:@?GLIBC\w*_[\d.]+|plt)$/, '')
    .replace(/(?:\.(?:isra|constprop|part|cold|lto_priv|llvm|clone)(?:\.\d+)*|\.abi(?:0|internal))+$/, '')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replaceAll(/\.(func|gowrap|deferwrap)\d+/g, '.$1')
    .replaceAll(/(\.func)(?:\.\d+)+/g, '$1')
    .replace(/-fm$/, '')
    .replaceAll(/0x[0-9a-f]{4,}/gi, '0x…')
    .replaceAll(/\b(process|thread|pid|tid) \(?\d+\)?/gi, '$1');
  return withoutTypeArguments(bare);
}

/** A binary's or package's name without where it lies and which version it is: `/tmp/perf-312.map` is `perf.map`. */
export function normaliseModule(module: string | null): string | null {
  if (module === null || module.startsWith('[')) return module;
  const base = module.startsWith('/') ? module.slice(module.lastIndexOf('/') + 1) : module;
  return base
    .replace(/^perf-\d+\.map$/, 'perf.map')
    .replace(/@v?\d[\w.+-]*$/, '')
    .replace(/-\d+(?:\.\d+)+$/, '');
}

/** A source file from its package on, without hashes of a build: names alone don't tell scripts' functions apart. */
export function normaliseFile(file: string | null): string | null {
  if (file === null) return null;
  const inPackage = file.replace(/^.*\/(?:node_modules|site-packages|dist-packages|python\d[\d.]*)\//, '');
  const path = inPackage.startsWith('/') ? inPackage.slice(inPackage.lastIndexOf('/') + 1) : inPackage;
  return path.replace(/([.-])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?=\.)/gi, '$1…');
}

/** The same function in another build or run becomes the same frame. Files are kept where the language is a script's. */
export function normaliseFrame({ name, file, module, kind }: Frame): Frame {
  const script = kind === 'javascript' || kind === 'python' || kind === 'lua';
  return {
    name: normaliseName(name),
    file: script ? normaliseFile(file) : null,
    line: null,
    module: normaliseModule(module),
    kind,
  };
}
