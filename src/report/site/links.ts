/** Paths within a site, from its root. */
export const SITE_PAGES = {
  overview: 'index.html',
  runs: 'runs/index.html',
  gateways: 'gateways/index.html',
  history: 'history/index.html',
} as const;

export type SitePage = keyof typeof SITE_PAGES;

export function runFolder(id: string): string {
  return `runs/${id}`;
}

export function gatewayPage(label: string): string {
  return `gateways/${label.replace(':', '.')}.html`;
}

/** A relative link, so that a site works wherever it is put. @param from page that links */
export function linkTo(from: string, to: string): string {
  const up = '../'.repeat(from.split('/').length - 1);
  return encodeURI(`${up}${to}`);
}
