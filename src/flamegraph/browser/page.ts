import type { Packed, PageData } from '../view/page-data.js';
import { ProfileModel } from '../view/profile-model.js';
import { Timeline } from '../view/time-chart.js';

/** A profile of the page, unpacked. */
export interface PageProfile {
  model: ProfileModel;
  /** Null if the order of samples isn't known. */
  timeline: Timeline | null;
}

/** Unpacks a profile. It is compressed, since the page is opened from a file, without a server that could do it. */
export async function readProfile(source: Element): Promise<PageProfile> {
  const page: PageData = JSON.parse(source.textContent ?? '');
  const [tree, ends] = await Promise.all([inflate(page.tree), inflate(page.ends)]);
  return {
    model: new ProfileModel(page, { tree, ends }),
    timeline: page.timeline === null ? null : new Timeline(await inflate(page.timeline), page.timeline),
  };
}

async function inflate({ columns }: Packed): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(columns), (character) => character.charCodeAt(0));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}
