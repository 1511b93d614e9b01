import type { Frame, Profile } from '../../model/profile.js';

/** The functions of one or more profiles: frames with normalised names, without duplicates. */
export class NormalisedFrames {
  readonly frames: Frame[] = [];
  readonly #indexOf = new Map<string, number>();

  /** Adds a profile's frames. @returns parallel to them, indices into {@link frames} */
  add({ frames }: Profile): number[] {
    return frames.map((frame) => {
      const normalised = normaliseFrame(frame);
      const key = [normalised.kind, normalised.module ?? '', normalised.file ?? '', normalised.name].join('\0');
      const known = this.#indexOf.get(key);
      if (known !== undefined) return known;
      const index = this.frames.push(normalised) - 1;
      this.#indexOf.set(key, index);
      return index;
    });
  }
}

/** Removes C++ template arguments and Go type arguments, which contain hashes of shapes, and whole types. */
function withoutTypeArguments(name: string): string {
  if (!/[<[]/.test(name) || /^[<[]/.test(name)) return name;
  let depth = 0;
  let plain = '';
  // `operator<`, `operator->` and `operator[]` aren't brackets.
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
 * A function's name without what differs between builds or runs:
 * - addresses and offsets, and marks of versions and copies by linker and compiler (`@GLIBC_2.2.5`, `.isra.0`, `.abi0`);
 * - V8's marks of tiers (`*` optimised, `^` baseline, `~` interpreted);
 * - the numbers of Go's closures (`func1.2` and `gowrap3`), which any edit above them changes: a function's closures count
 *   as one;
 * - type arguments, and Rust's hashes.
 */
export function normaliseName(name: string): string {
  // The start of an unnamed function in its binary: it is the same in every run, and identifies the function.
  if (/^\[unknown\] 0x[0-9a-f]+$/.test(name)) return name;
  const bare = name
    .replace(/\+0x[0-9a-f]+$/, '')
    .replace(/^(?:JS|LazyCompile|Function|Script|Eval|Builtin):(?=[*~^+]?\S)/, '')
    .replace(/^[*~^+](?=[\w$#(.<[]|$)/, '')
    .replace(/@(?:@?GLIBC\w*_[\d.]+|plt)$/, '')
    .replace(/(?:\.(?:isra|constprop|part|cold|lto_priv|llvm|clone)(?:\.\d+)*|\.abi(?:0|internal))+$/, '')
    .replace(/(?: \[clone [^\]]*\])+$/, '')
    .replace(/::h[0-9a-f]{16}$/, '')
    .replaceAll(/\.(func|gowrap|deferwrap)\d+/g, '.$1')
    .replaceAll(/(\.func)(?:\.\d+)+/g, '$1')
    .replace(/-fm$/, '')
    .replaceAll(/0x[0-9a-f]{4,}/gi, '0x…')
    .replaceAll(/\b(process|thread|pid|tid) \(?\d+\)?/gi, '$1');
  return withoutTypeArguments(bare);
}

/** The name of a binary or package without folder and version: `/tmp/perf-312.map` is `perf.map`. */
export function normaliseModule(module: string | null): string | null {
  if (module === null || module.startsWith('[')) return module;
  const base = module.startsWith('/') ? module.slice(module.lastIndexOf('/') + 1) : module;
  return base
    .replace(/^perf-\d+\.map$/, 'perf.map')
    .replace(/@v?\d[\w.+-]*$/, '')
    .replace(/-\d+(?:\.\d+)+$/, '');
}

/** A source file's path from its package on, without hashes of a build. Scripts need it: their names aren't unique. */
export function normaliseFile(file: string | null): string | null {
  if (file === null) return null;
  const inPackage = file.replace(/^.*\/(?:node_modules|site-packages|dist-packages|python\d[\d.]*)\//, '');
  const path = inPackage.startsWith('/') ? inPackage.slice(inPackage.lastIndexOf('/') + 1) : inPackage;
  return path.replace(/([.-])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?=\.)/gi, '$1…');
}

/** Makes a function the same frame in every build and run. Only scripts keep their files. */
function normaliseFrame({ name, file, module, kind }: Frame): Frame {
  const script = kind === 'javascript' || kind === 'python' || kind === 'lua' || kind === 'ruby';
  return {
    name: normaliseName(name),
    file: script ? normaliseFile(file) : null,
    line: null,
    module: normaliseModule(module),
    kind,
  };
}
