import { type Command, Option } from 'commander';
import { UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import type { MetricName } from '../model/metric.js';
import { vusParser } from './options/cell-options.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

const FORMATS = ['text', 'json', 'csv'] as const;
// Spelled out rather than imported: --help shouldn't have to load schemas. The type keeps it complete.
const METRICS: Record<MetricName, true> = {
  rate: true,
  p50: true,
  p95: true,
  p99: true,
  overheadP50: true,
  overheadP99: true,
  cpuUsPerRequest: true,
  rss: true,
  pss: true,
};

interface HistoryOptions {
  gateway?: string;
  metric?: MetricName;
  vus?: number[];
  format: (typeof FORMATS)[number];
}

export function registerHistory(program: Command): void {
  program
    .command('history')
    .description('list runs, or show how a gateway’s figure went over runs and versions, and where it changed')
    .argument('[run...]', 'runs, or folders of runs (default: results)')
    .option('-g, --gateway <name>', 'show the trend of this gateway, name or name:variant')
    .addOption(
      new Option('--metric <name>', 'with --gateway: the figure (default: rate)').choices(Object.keys(METRICS)),
    )
    .addOption(new Option('--vus <list>', 'with --gateway: only these VUs, such as 50,150').argParser(vusParser()))
    .addOption(new Option('--format <format>', 'what to print').choices(FORMATS).default('text'))
    .addHelpText(
      'after',
      `
Examples:
  gatebench history
  gatebench history --gateway portkey
  gatebench history --gateway litellm:workers --metric p99 --vus 150,300
  gatebench history nightly/ --gateway portkey --format csv > portkey.csv

Only runs that compare are shown together: one machine at one speed, scenario and engine. docs/history.md says how changes are found.`,
    )
    .action(history);
}

async function history(paths: string[], { gateway, metric, vus, format }: HistoryOptions): Promise<void> {
  if (gateway === undefined && (metric !== undefined || vus !== undefined)) {
    throw new UsageError(
      `${metric === undefined ? '--vus' : '--metric'} is for a gateway’s trend`,
      'add --gateway <name>',
    );
  }
  const [{ readHistory }, { runClasses }] = await Promise.all([
    import('../app/history/read-history.js'),
    import('../analysis/run-comparison/run-classes.js'),
  ]);
  const classes = runClasses(await readHistory(paths.length === 0 ? [rootsOf().results] : paths, writeStatus));
  if (gateway === undefined) return listRuns(classes, format);
  const { trendOfGateway } = await import('../app/history/trend-of-gateway.js');
  return showTrend(trendOfGateway(classes, { label: gateway, metric: metric ?? 'rate', vus }), format);
}

type Classes = Parameters<typeof import('../report/history/run-list.js').runLines>[0];
type Trend = ReturnType<typeof import('../app/history/trend-of-gateway.js').trendOfGateway>;

async function listRuns(classes: Classes, format: HistoryOptions['format']): Promise<void> {
  const { runLines, runListCsv, runListSection } = await import('../report/history/run-list.js');
  const lines = runLines(classes);
  switch (format) {
    case 'json':
      return writeJson({ schemaVersion: 1, runs: lines });
    case 'csv':
      return writeResult(runListCsv(lines));
    case 'text': {
      const { terminalSections } = await import('../report/terminal.js');
      const section = runListSection(lines, classes);
      return writeResult(terminalSections([section], { colour: colours.isColorSupported }));
    }
    default:
      return format satisfies never;
  }
}

async function showTrend(trend: Trend, format: HistoryOptions['format']): Promise<void> {
  const [{ trendIntroduction, trendSections }, { trendCsv, trendJson }] = await Promise.all([
    import('../report/history/trend-sections.js'),
    import('../report/history/trend-data.js'),
  ]);
  switch (format) {
    case 'json':
      return writeJson(trendJson(trend));
    case 'csv':
      return writeResult(trendCsv(trend));
    case 'text': {
      const { terminalSections } = await import('../report/terminal.js');
      const sections = [trendIntroduction(trend), ...trendSections(trend)];
      return writeResult(terminalSections(sections, { colour: colours.isColorSupported }));
    }
    default:
      return format satisfies never;
  }
}
