import { type Html, html, trusted } from './html.js';

/** Bundled for the browser by `npm run build`. */
export interface PageAssets {
  script: string;
  style: string;
}

interface Shell {
  title: string;
  /** `#rrggbb`, of the line at the top. */
  accent: string;
  body: Html;
  assets: PageAssets;
  /** Style sheet for readers whose browser runs no script; none by default. */
  withoutScript?: string;
}

/**
 * A self-contained page: it can be opened from a file, mailed or kept for years. Its policy forbids any request to a
 * server.
 */
export function pageShell({ title, accent, body, assets, withoutScript = '' }: Shell): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(inElement(assets.style))}</style>
<noscript><style>${trusted(inElement(withoutScript))}</style></noscript>
</head>
<body style="--accent: ${accent}">
<main>
${body}
</main>
<div id="tooltip" role="tooltip" hidden></div>
<script>${trusted(inElement(assets.script))}</script>
</body>
</html>
`;
  return page.html;
}

/** Escapes text that would end the element, which a bundled library may contain. */
function inElement(source: string): string {
  return source.replace(/<\/(script|style)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}
