/**
 * As much of a function's name as says most in the room that there is. What is left out first is what frames around it
 * share: `github.com/go-chi/chi/v5.(*Mux).ServeHTTP` becomes `v5.(*Mux).ServeHTTP`, and
 * `v8::internal::Scavenger::Process(v8::JobDelegate*)` becomes `Scavenger::Process`.
 * @param textPx how wide a text is
 */
export function shortName(name: string, roomPx: number, textPx: (text: string) => number): string {
  if (textPx(name) <= roomPx) return name;
  return withoutPath(name);
}

function withoutPath(name: string): string {
  const bare = name.replace(/^non-virtual thunk to /, '');
  if (bare.includes('::')) {
    const parts = bare
      .replaceAll('(anonymous namespace)', '{}')
      .replace(/[<(].*$/s, '')
      .split('::')
      .filter((part) => part !== '' && part !== '{}');
    if (parts.length > 0) return parts.slice(-2).join('::');
  }
  const path = /^[\w.~-]+(?:\/[\w.~-]+)*\/(.+)$/s.exec(bare);
  return path?.[1] ?? bare;
}
