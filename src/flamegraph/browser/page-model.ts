import { type NamedFrame, namedFrames } from '../view/frames.js';
import type { PageData } from '../view/page-data.js';
import { type TreeModel, treeModel } from '../view/tree-model.js';

/** All that is drawn: what the page was given, unpacked. */
export interface PageModel {
  page: PageData;
  tree: TreeModel;
  frames: NamedFrame[];
}

/** Unpack the page's data. It is compressed in the page, which is opened from a file and has no server to do that. */
export async function readPageModel(source: Element): Promise<PageModel> {
  const page: PageData = JSON.parse(source.textContent ?? '');
  const packed = Uint8Array.from(atob(page.columns), (character) => character.charCodeAt(0));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer());
  return { page, tree: treeModel(bytes, page.nodes), frames: namedFrames(page) };
}
