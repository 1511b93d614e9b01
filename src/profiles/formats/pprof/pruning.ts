/** Whether a function, and what it calls, isn't interesting. */
export type Pruning = (name: string) => boolean;

/**
 * The functions that a file wants left out of its stacks, such as an allocator's own (profile.proto, `drop_frames` and
 * `keep_frames`).
 * @returns null if there are none. A pattern that JavaScript can't read, or might read for ever, leaves out nothing
 */
export function framePruning(drop: string, keep: string): Pruning | null {
  const dropped = wholeName(drop);
  if (dropped === null) return null;
  const kept = wholeName(keep);
  return (name) => {
    const plain = withoutArguments(name);
    return dropped.test(plain) && !kept?.test(plain);
  };
}

function wholeName(pattern: string): RegExp | null {
  // Go's expressions take linear time; in JavaScript's a repeated group may take exponential time.
  if (pattern === '' || /\)[*+{]/.test(pattern)) return null;
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return null;
  }
}

/** Up to the first `(` that isn't part of a name: `(anonymous namespace)::f`, `operator()`. */
function withoutArguments(name: string): string {
  const plain = name.replace(/^\./, '');
  for (const { index, 0: found } of plain.matchAll(/\(anonymous namespace\)|operator\(\)|\(/g)) {
    if (found === '(') return plain.slice(0, index);
  }
  return plain;
}
