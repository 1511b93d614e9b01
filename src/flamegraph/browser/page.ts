import { type NamedFrame, namedFrames, type PageData } from '../view/page-data.js';
import { type TreeModel, treeModel } from '../view/tree-model.js';

/** The page's data, unpacked. */
export interface PageModel {
  page: PageData;
  tree: TreeModel;
  frames: NamedFrame[];
}

/** Unpacks the page's data. It is compressed, since the page is opened from a file, without a server that could do it. */
export async function readPageModel(source: Element): Promise<PageModel> {
  const page: PageData = JSON.parse(source.textContent ?? '');
  const packed = Uint8Array.from(atob(page.columns), (character) => character.charCodeAt(0));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer());
  return { page, tree: treeModel(bytes, page.nodes), frames: namedFrames(page) };
}

/** An element of the page. @throws Error if the page doesn't match this script */
export function element<E extends Element>(selector: string, type: new () => E): E {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Creates an element with text, never HTML: names come from profiled programs. */
export function textElement(tag: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}
