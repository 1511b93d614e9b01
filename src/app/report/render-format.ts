import type { Roots } from '../../lib/roots.js';
import { renderReport } from '../../report/report.js';
import type { RunFolder } from '../../store/run-folder.js';
import { pageOf } from './page-of.js';
import { readPoolInput, readRunInput } from './read-report.js';

/** What a report can be printed as. */
export type ReportFormat = 'html' | 'md' | 'csv' | 'json' | 'junit' | 'openmetrics';

/**
 * Render the report of one run or several in one format; nothing is written.
 * @param status takes what had to be left out
 * @throws UsageError for runs whose figures don't compare
 */
export async function renderFormat(
  folders: readonly RunFolder[],
  format: ReportFormat,
  roots: Roots,
  status: (text: string) => void,
): Promise<string> {
  const [only, ...others] = folders;
  const isOne = only !== undefined && others.length === 0;
  const input = isOne ? await readRunInput(only, roots, status) : await readPoolInput(folders, roots, status);
  const report = renderReport(input);
  switch (format) {
    case 'html':
      return pageOf(report, input.flames);
    case 'md':
      // Charts and flame graphs are files of their own, and not beside this text.
      return report.markdown({ alone: true });
    case 'csv':
      return report.metricsCsv;
    case 'json':
      return report.json;
    case 'junit':
      return report.junit();
    case 'openmetrics':
      return report.openMetrics();
    default:
      return format satisfies never;
  }
}
