import { type Html, html, NOTHING } from '../../lib/html.js';

/** A place for a chart. The page's script draws it; readers without it have the tables. */
export function chartPlace(id: string, title: string, help: string): Html {
  return html`<figure class="chart" id="${id}"><figcaption><h3>${title}</h3><p>${help}</p></figcaption>
<div class="plot" role="application" aria-roledescription="chart" tabindex="0" aria-label="${title}. Arrow keys move from point to point."></div></figure>`;
}

export interface Choice {
  value: string;
  label: string;
}

/** Radio buttons side by side. @param chosen at first; what the page's address says comes before it */
export function choices(name: string, label: string, options: readonly Choice[], chosen: string): Html {
  const radios = options.map(
    ({ value, label: text }) =>
      html`<label><input type="radio" name="${name}" value="${value}"${value === chosen ? html` checked` : NOTHING}><span>${text}</span></label>`,
  );
  return html`<fieldset class="choices"><legend>${label}</legend><div>${radios}</div></fieldset>`;
}
