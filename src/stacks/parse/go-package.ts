/**
 * The import path of the package that a Go function belongs to, from its linker symbol:
 * `github.com/x/y/internal/z.(*T).Method` is `github.com/x/y/internal/z`.
 * Null for what belongs to none, such as generated `type:.eq.` functions.
 */
export function goPackage(name: string): string | null {
  if (/^(type|go|gclocals)[.:]/.test(name)) return null;
  // Type arguments hold import paths of their own: `slices.SortFunc[github.com/x/y.T]`.
  const [plain = ''] = name.split('[');
  const lastElement = plain.lastIndexOf('/') + 1;
  const dot = plain.indexOf('.', lastElement);
  if (dot <= lastElement) return null;
  // The linker escapes dots in the last element, of which it could not tell where the package ends: `gopkg.in/yaml%2ev3`.
  return plain
    .slice(0, dot)
    .replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
