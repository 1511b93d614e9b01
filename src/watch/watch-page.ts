import { html, scriptJson, trusted } from '../lib/html.js';
import type { RunView } from './run-view.js';

/**
 * The page of a run that goes on: one document that asks for nothing but its own events. Its script draws the view that it
 * carries, then each that comes.
 * @param assets bundled for it, as {@link inElement} makes them
 */
export function watchPage(view: RunView, assets: { script: string; style: string }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>gatebench</title>
<style>${trusted(assets.style)}</style>
</head>
<body>
<main>
<header>
<h1 id="title"></h1>
<p id="setup" class="muted"></p>
<p id="status" role="status"></p>
</header>
<section aria-labelledby="progress-label">
<p id="progress-label"></p>
<progress id="progress" max="1" value="0" aria-labelledby="progress-label"></progress>
</section>
<section aria-labelledby="current-name" id="current" hidden>
<div class="head"><h2 id="current-name"></h2><p id="current-doing"></p><p id="current-left" class="muted"></p></div>
<div class="charts">
<figure><figcaption>Rate <strong id="rate-now"></strong> <span id="rate-most" class="muted"></span></figcaption><div id="rate-chart" class="chart"></div></figure>
<figure><figcaption>p99 <strong id="p99-now"></strong> <span id="p99-most" class="muted"></span></figcaption><div id="p99-chart" class="chart"></div></figure>
</div>
<p id="silent" class="muted"></p>
</section>
<section aria-labelledby="plan-heading">
<h2 id="plan-heading">Plan</h2>
<div class="scroll" role="region" aria-labelledby="plan-heading" tabindex="0"><table id="grid"><caption>Requests per second and p99 of each gateway, by virtual users</caption><thead></thead><tbody></tbody></table></div>
<p id="legend" class="muted"></p>
</section>
<div class="columns">
<section aria-labelledby="fallen-heading">
<h2 id="fallen-heading">Not passed</h2>
<p id="nothing-fallen" class="muted">Nothing yet.</p>
<ol id="fallen"></ol>
<ol id="notes"></ol>
</section>
<section aria-labelledby="gates-heading">
<h2 id="gates-heading">Gates</h2>
<div class="scroll" role="region" aria-labelledby="gates-heading" tabindex="0"><table id="gates"><caption>How often each gate was passed</caption><thead><tr><th scope="col">gate</th><th scope="col">pass</th><th scope="col">warn</th><th scope="col">invalid</th><th scope="col">unknown</th></tr></thead><tbody></tbody></table></div>
</section>
</div>
<footer class="muted"><p>A browser on the machine that is measured is one more program that takes CPU time there. If it takes too much, the gate “other programs” says so. From another machine, watch through a tunnel: <code>ssh -L</code> with this page’s port.</p></footer>
</main>
<noscript><p>This page needs its script.</p></noscript>
<script type="application/json" id="view">${scriptJson(view)}</script>
<script>${trusted(assets.script)}</script>
</body>
</html>
`.html;
}

/** A script or style as it can stand in its element, whose end a bundled library may contain. */
export function inElement(source: string): string {
  return source.replace(/<\/(script|style)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}
