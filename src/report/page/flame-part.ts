import { type Html, html, NOTHING, trusted } from '../../lib/html.js';
import { entryTitle, type FlameEntry, flameFolder } from '../profiles/flame-entry.js';

/** More pictures would make the page too large to send. */
const MAX_PICTURES_BYTES = 600_000;

/**
 * Flame graphs: small pictures, each linked to its interactive page in the folder beside this one.
 * @param pictures SVG by cell id, made here and nowhere else
 */
export function flamePictures(flames: readonly FlameEntry[], pictures: ReadonlyMap<string, string>): Html {
  let bytes = 0;
  const shown = flames.map((entry) => {
    const svg = pictures.get(entry.cellId);
    const fits = svg !== undefined && bytes + svg.length <= MAX_PICTURES_BYTES;
    if (fits) bytes += svg.length;
    const href = `${flameFolder(entry.cellId)}/flame.html`;
    const title = entryTitle(entry);
    return html`<figure class="flame"><figcaption><a href="${href}">${title}</a></figcaption>${
      fits ? html`<a class="picture" href="${href}" tabindex="-1" aria-hidden="true">${trusted(svg)}</a>` : NOTHING
    }</figure>`;
  });
  return html`<p class="lead">Each picture leads to its interactive page, in the folder <code>flame/</code> beside this file.</p>
<div class="flames">${shown}</div>`;
}
