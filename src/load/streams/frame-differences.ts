import type { StreamFrames } from '../../model/load.js';

/** What became of an answer's frames on their way. */
export type FrameDifferences = Omit<StreamFrames, 'expected'>;

const NONE: FrameDifferences = { lost: 0, joined: 0, reordered: 0, surplus: 0 };
/** Cells of the table that pairs texts up; beyond it, frames are paired by their texts alone. */
const MAX_CELLS = 4_000_000;

/**
 * What became of the frames that an upstream sent, by the texts of those that came. Each frame that did not come as itself
 * is counted once: joined with the one before it, in another place (reordered), or lost. What came and was not sent is surplus.
 *
 * Texts that came in their order are paired by their longest common subsequence, so that one lost frame is one and not
 * all that follow.
 * @param seen texts of the frames that came, in order
 * @param sent texts of the frames that the upstream sends, in order
 */
export function frameDifferences(seen: readonly string[], sent: readonly string[]): FrameDifferences {
  let head = 0;
  while (head < seen.length && head < sent.length && seen[head] === sent[head]) head += 1;
  let [seenEnd, sentEnd] = [seen.length, sent.length];
  while (seenEnd > head && sentEnd > head && seen[seenEnd - 1] === sent[sentEnd - 1]) {
    seenEnd -= 1;
    sentEnd -= 1;
  }
  const [came, wanted] = [seen.slice(head, seenEnd), sent.slice(head, sentEnd)];
  if (came.length === 0) return { ...NONE, lost: wanted.length };
  // Cut otherwise, with no text lost and none added.
  if (came.join('') === wanted.join('')) {
    const more = came.length - wanted.length;
    return { ...NONE, joined: Math.max(0, -more), surplus: Math.max(0, more) };
  }
  return unpaired(came, wanted);
}

function unpaired(came: readonly string[], wanted: readonly string[]): FrameDifferences {
  const paired = inOrder(came, wanted);
  const odd = came.filter((_, index) => !paired.came.has(index));
  const left = new Map(wanted.flatMap((text, index) => (paired.wanted.has(index) ? [] : [[index, text] as const])));
  const differences = { ...NONE };
  const strange: string[] = [];
  for (const text of odd) {
    const at = [...left].find(([, other]) => other === text)?.[0];
    if (at === undefined) strange.push(text);
    else {
      left.delete(at);
      differences.reordered += 1;
    }
  }
  for (const text of strange) {
    const run = runOf(text, left);
    if (run === null) differences.surplus += 1;
    else {
      for (const at of run) left.delete(at);
      differences.joined += run.length - 1;
    }
  }
  return { ...differences, lost: left.size };
}

/** The frames one behind another, of those left, whose texts together are this one. */
function runOf(text: string, left: ReadonlyMap<number, string>): number[] | null {
  for (const first of left.keys()) {
    const run: number[] = [];
    let joined = '';
    for (let at = first; joined.length < text.length && left.has(at); at += 1) {
      joined += left.get(at) ?? '';
      run.push(at);
    }
    if (joined === text && run.length > 1) return run;
  }
  return null;
}

/** Which texts of the one and of the other are a longest common subsequence, by their places. */
function inOrder(came: readonly string[], wanted: readonly string[]) {
  const paired = { came: new Set<number>(), wanted: new Set<number>() };
  const width = wanted.length + 1;
  if ((came.length + 1) * width > MAX_CELLS) return paired;
  // longest[i * width + j]: of came from i on and wanted from j on.
  const longest = new Uint16Array((came.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = came.length - 1; i >= 0; i -= 1) {
    for (let j = wanted.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = came[i] === wanted[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  let [i, j] = [0, 0];
  while (i < came.length && j < wanted.length) {
    if (came[i] === wanted[j]) {
      paired.came.add(i);
      paired.wanted.add(j);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return paired;
}
