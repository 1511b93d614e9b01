import { ProfileKind, type ProfileMeta } from '../../../model/profile.js';

/** What our own exports hold of a profile's metadata, in the comments that pprof shows with `-comments`. */
export type CommentedMeta = Pick<ProfileMeta, 'title' | 'kind' | 'caveats'>;

export function toComments({ title, kind, caveats }: CommentedMeta): string[] {
  return [`title: ${title}`, `kind: ${kind}`, ...caveats.map((caveat) => `caveat: ${caveat}`)];
}

/** Null for a file that we didn't write. */
export function fromComments([title, kind, ...rest]: readonly string[]): CommentedMeta | null {
  const known = ProfileKind.safeParse(kind?.replace(/^kind: /, ''));
  if (!title?.startsWith('title: ') || !kind?.startsWith('kind: ') || !known.success) return null;
  const caveats = rest.filter((comment) => comment.startsWith('caveat: '));
  return {
    title: title.slice('title: '.length),
    kind: known.data,
    caveats: caveats.map((comment) => comment.slice('caveat: '.length)),
  };
}
