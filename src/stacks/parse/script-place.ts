/** Where a JavaScript function's code comes from. */
export interface ScriptPlace {
  /** A path, or `node:fs`; null where the code has none: `eval`, native. */
  file: string | null;
  /** npm package, or Node's own module; null for a program's own files. */
  module: string | null;
}

/**
 * @param url as V8 names a script: `file:///srv/app/index.mjs`, `/srv/app/index.js`, `node:internal/timers`, or empty
 */
export function scriptPlace(url: string): ScriptPlace {
  if (url === '') return { file: null, module: null };
  if (url.startsWith('node:')) return { file: url, module: url };
  const file = url.startsWith('file://') ? decoded(url.slice('file://'.length)) : url;
  return { file, module: npmPackage(file) };
}

/** The package that a file belongs to: the innermost one, which with pnpm's links too is the one that wrote it. */
export function npmPackage(file: string): string | null {
  const at = file.lastIndexOf('node_modules/');
  if (at === -1) return null;
  const [scope = '', name] = file.slice(at + 'node_modules/'.length).split('/');
  return scope.startsWith('@') && name ? `${scope}/${name}` : scope || null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a stray % that was never an escape
  }
}
