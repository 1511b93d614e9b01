import { pageAssets } from '../../lib/page-assets.js';
import type { PageExtras } from '../../report/page/report-page.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import type { Report } from '../../report/report.js';

/** Small enough to stand in the report's page, where they lead to the profiles' own. */
const SMALL_PICTURE = { widthPx: 640, minShare: 0.008, maxLevels: 32 } as const;

/** `index.html` of a report. @param site that it is a part of, if it is */
export async function pageOf(
  report: Report,
  flames: readonly FlameEntry[],
  site?: PageExtras['site'],
): Promise<string> {
  return report.page({
    assets: await pageAssets('report-page'),
    flamePictures: await pictures(flames),
    ...(site !== undefined && { site }),
  });
}

async function pictures(flames: readonly FlameEntry[]): Promise<Map<string, string>> {
  if (flames.length === 0) return new Map();
  const { flameSvg } = await import('../../flamegraph/svg.js');
  return new Map(flames.map(({ cellId, profile }) => [cellId, flameSvg(profile, SMALL_PICTURE)]));
}
