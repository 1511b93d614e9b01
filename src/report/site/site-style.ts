/** Of every page of a site but the runs' own: small enough to be in each of them. */
export const SITE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f6f7f9; --ink: #1b1f24; --muted: #59636e; --line: #d8dee4; --link: #0757ba;
  --better: #116329; --worse: #b42318; --figure: #0757ba; --level: #b35900;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --raised: #1e2329; --ink: #e8ebee; --muted: #9ea8b3; --line: #363d45; --link: #7db7ff;
    --better: #56d364; --worse: #ff8f80; --figure: #7db7ff; --level: #f0a35e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif;
}
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; padding: 4px 12px; background: var(--paper); }
header, main, footer { max-width: 1200px; margin: 0 auto; padding: 0 20px; }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; padding-top: 14px; padding-bottom: 10px; }
header strong { font-size: 18px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 4px 0; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration-thickness: 3px; text-underline-offset: 6px; }
main { border-top: 1px solid var(--line); padding-top: 20px; padding-bottom: 40px; }
footer { padding-bottom: 40px; color: var(--muted); font-size: 14px; }
h1 { margin: 0 0 8px; font-size: 28px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 32px 0 6px; font-size: 21px; overflow-wrap: anywhere; }
h3 { margin: 22px 0 4px; font-size: 17px; overflow-wrap: anywhere; }
p, .notes { max-width: 90ch; margin: 6px 0; }
.lead, .notes { color: var(--muted); }
.notes { padding-left: 0; list-style: none; font-size: 15px; overflow-wrap: anywhere; }
.scroll { margin: 10px 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
th, td { padding: 6px 12px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tr:last-child > td, tr:last-child > th { border-bottom: 0; }
thead th { background: var(--raised); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 400; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.better { color: var(--better); }
.worse { color: var(--worse); }
details { margin: 10px 0; }
summary { padding: 4px 0; cursor: pointer; }
svg.trend { display: block; width: 100%; min-width: 560px; height: auto; font-size: 12px; }
svg.trend text { fill: var(--muted); }
svg.trend .axis { stroke: var(--line); }
svg.trend .whisker { stroke: var(--figure); stroke-width: 1.5; opacity: 0.55; }
svg.trend .point { fill: var(--figure); }
svg.trend .missing { stroke: var(--worse); stroke-width: 2; fill: none; }
svg.trend .level { stroke: var(--level); stroke-width: 2.5; fill: none; }
svg.trend .change { stroke: var(--ink); stroke-dasharray: 4 4; }
svg.trend text.better { fill: var(--better); }
svg.trend text.worse { fill: var(--worse); }
svg.trend text.mark { font-size: 15px; font-weight: 600; }
@media (max-width: 600px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 23px; }
  th, td { padding: 5px 8px; }
}
`.trim();
