/** What tells one k6 which part of the VUs is its own. */
export interface Segment {
  /** `1/3:2/3` */
  segment: string;
  /** All bounds, the same for every k6: only so do the parts of the VUs add up to all of them. */
  sequence: string;
}

/** Equal parts for so many k6. */
export function equalSegments(count: number): Segment[] {
  const bound = (at: number) => (at === 0 ? '0' : at === count ? '1' : `${at}/${count}`);
  const sequence = Array.from({ length: count + 1 }, (_, at) => bound(at)).join(',');
  return Array.from({ length: count }, (_, at) => ({ segment: `${bound(at)}:${bound(at + 1)}`, sequence }));
}
