import { type Html, html, trusted } from './html.js';

/** What `npm run build` bundled for the browser. */
export interface PageAssets {
  script: string;
  style: string;
}

export interface Shell {
  title: string;
  /** `#rrggbb`, of what was profiled. */
  accent: string;
  body: Html;
  assets: PageAssets;
}

/**
 * A page that needs nothing but itself: it may be opened from a file, sent by mail or kept for years. Its own policy
 * forbids it to ask any server for anything.
 */
export function pageShell({ title, accent, body, assets }: Shell): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(inElement(assets.style))}</style>
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

/** A bundled library may well hold the text that would end its element. */
function inElement(source: string): string {
  return source.replace(/<\/(script|style)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}
