import { formatDecimal } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import { levelTitle } from '../../model/load-level.js';
import { choices } from './chart-parts.js';
import type { PageData } from './page-data.js';

/** What all charts obey: which gateways are shown, and at which VU level. It stays in sight. */
export function controls({ gateways, vus, model }: PageData): Html {
  const boxes = gateways.map(
    ({ label, title, colour }) =>
      html`<label class="gateway" style="--light: ${colour.light}; --dark: ${colour.dark}"><input type="checkbox" name="gateway" value="${label}" checked><span class="swatch"></span><span>${title}</span></label>`,
  );
  return html`<div class="controls"><fieldset class="gateways"><legend>Gateways</legend><div>${boxes}</div></fieldset>
${
  vus.length < 2
    ? NOTHING
    : choices(
        'vus',
        `${levelTitle(model)} in charts of one level`,
        vus.map((level) => ({ value: String(level), label: formatDecimal(level, 0) })),
        String(firstShown(vus)),
      )
}</div>`;
}

/** In the middle: neither the idlest nor the one that breaks most gateways. */
function firstShown(vus: readonly number[]): number {
  return vus[Math.floor((vus.length - 1) / 2)] ?? 0;
}
