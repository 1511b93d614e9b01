/**
 * The package that a source file belongs to: what a reader would call it, wherever it is installed.
 * npm: `hono`, `@portkey-ai/gateway`, `node` for Node's own. Python: the folder (or module) in `site-packages`,
 * or `python` for the standard library and frozen modules. Null where the path doesn't tell.
 */
export function packageOfFile(file: string): string | null {
  if (file.startsWith('node:')) return 'node';
  const npm = lastAfter(file, '/node_modules/');
  if (npm !== null) {
    const [scope, name] = npm.split('/');
    return scope?.startsWith('@') && name !== undefined ? `${scope}/${name}` : (scope ?? null);
  }
  const installed = lastAfter(file, '/site-packages/') ?? lastAfter(file, '/dist-packages/');
  if (installed !== null) return installed.split('/')[0]?.replace(/\.pyx?$/, '') ?? null;
  if (file.startsWith('<frozen ') || /\/lib(?:64)?\/python3\.\d+\//.test(file)) return 'python';
  return null;
}

function lastAfter(text: string, folder: string): string | null {
  const at = text.lastIndexOf(folder);
  return at < 0 ? null : text.slice(at + folder.length);
}
