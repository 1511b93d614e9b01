import { hostname, userInfo } from 'node:os';
import { deriveRun } from '../../analysis/derive-run.js';
import { floorFor } from '../../analysis/noise-floor.js';
import { runClasses } from '../../analysis/run-comparison/run-classes.js';
import { summarise } from '../../analysis/summary.js';
import { type HistoryRun, type Trend, trendOf } from '../../analysis/trend.js';
import { PACKAGE_ROOT, packageVersion } from '../../lib/paths.js';
import type { Roots } from '../../lib/roots.js';
import type { MetricName } from '../../model/metric.js';
import { runLines } from '../../report/history/run-list.js';
import { gatewayHistoryPage } from '../../report/site/gateway-page.js';
import { gatewayPage, runFolder, SITE_PAGES } from '../../report/site/links.js';
import { gatewaysPage, historyPage, overviewPage, runsPage } from '../../report/site/list-pages.js';
import { type SiteData, siteGateways } from '../../report/site/site-data.js';
import { SiteFolder } from '../../store/site-folder.js';
import { readHistory, type StoredRun } from '../history/read-history.js';
import { readRunInput } from '../report/read-report.js';
import { type Publisher, privateValues } from './private-values.js';
import { type RunRedactor, runRedactorOf } from './redact-run.js';
import { runFiles } from './run-files.js';

/** What a site is to hold, and where it goes. */
export interface PublishRequest {
  site: string;
  /** Runs, and folders of runs. */
  paths: readonly string[];
  title: string;
}

export interface Published {
  site: string;
  /** Ids, oldest first. */
  runs: string[];
  files: number;
  bytes: number;
}

/** Of a gateway's page. Each has its change points to itself: more metrics are more occasions for a false one. */
const METRICS: readonly MetricName[] = ['rate', 'p99', 'cpuUsPerRequest', 'rss'];

/**
 * Make a static site of runs, without anything private, in place of the one that was there. What is no longer among the
 * runs is no longer on the site.
 * @param status takes what had to be left out
 */
export async function publish(
  { site, paths, title }: PublishRequest,
  roots: Roots,
  signal: AbortSignal,
  status: (text: string) => void,
): Promise<Published> {
  const folder = await SiteFolder.begin(site);
  try {
    const stored = await readHistory(paths, status);
    const redactor = runRedactorOf(privateValues(stored, publisherHere()));
    const redacted = stored.map((run) => redactedRun(run, redactor));
    const data = siteData(redacted, title);
    // GitHub Pages would leave out what begins with an underscore.
    await folder.write('.nojekyll', '');
    for (const [index, run] of stored.entries()) {
      const published = redacted[index];
      if (published === undefined) continue;
      const input = redactor.input(await readRunInput(run.folder, roots, status), published);
      for await (const [name, content] of runFiles(input, status)) {
        signal.throwIfAborted();
        await folder.write(`${runFolder(published.run.id)}/${name}`, content);
      }
    }
    await folder.write(SITE_PAGES.overview, overviewPage(data));
    await folder.write(SITE_PAGES.runs, runsPage(data));
    await folder.write(SITE_PAGES.gateways, gatewaysPage(data));
    await folder.write(SITE_PAGES.history, historyPage(data));
    for (const gateway of data.gateways) {
      await folder.write(gatewayPage(gateway.label), gatewayHistoryPage(data, gateway));
    }
    signal.throwIfAborted();
    await folder.commit();
    const { files, bytes } = folder;
    return { site, runs: redacted.map(({ run }) => run.id), files, bytes };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

function publisherHere(): Publisher {
  return { hostname: hostname(), user: userName(), environment: process.env };
}

/** Null for a user without an entry, as in some containers. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** Derived from what is redacted already. */
function redactedRun(stored: StoredRun, redactor: RunRedactor): HistoryRun {
  const run = redactor.run(stored.run);
  const records = stored.records.map(redactor.record);
  const cells = deriveRun(records).filter(({ cell }) => cell.profiler === null);
  const summaries = summarise({ ...run, cells: run.cells.filter(({ profiler }) => profiler === null) }, cells);
  return { run, records, summaries, floorOf: floorFor(run, redactor.noiseFloors(stored.noiseFloors)) };
}

function siteData(runs: readonly HistoryRun[], title: string): SiteData {
  const classes = runClasses(runs);
  const lines = runLines(classes);
  return {
    frame: { title, version: packageVersion(PACKAGE_ROOT) },
    classes,
    runs: lines,
    gateways: siteGateways(lines, (label) =>
      METRICS.map((metric) => trendOf(classes, { label, metric })).filter(hasFigures),
    ),
  };
}

/** Direct has no process of its own, and so no memory. */
function hasFigures({ classes }: Trend): boolean {
  return classes.some(({ series }) => series.some(({ points }) => points.some(({ estimate }) => estimate !== null)));
}
