import type { LiveResult } from '../../analysis/live/live-results.js';
import type { LiveRecord } from '../../model/live.js';
import { escapeMarkdown, markdownSection } from '../markdown-section.js';
import { liveSections } from './live-sections.js';

/** The files of a live run's report, by their paths. */
export function liveReport(record: LiveRecord, results: readonly LiveResult[]): Map<string, string> {
  return new Map([
    ['report.md', liveMarkdown(record, results)],
    ['results.json', `${JSON.stringify(liveJson(record, results), null, 2)}\n`],
  ]);
}

/** What `--json` prints. */
export function liveJson(record: LiveRecord, results: readonly LiveResult[]) {
  return { run: record, results };
}

function liveMarkdown(record: LiveRecord, results: readonly LiveResult[]): string {
  const { createdAt, machine, harness, seed, question, upstream } = record;
  const { hostname, cpuModel, cores, kernel } = machine;
  return `${[
    `# ${escapeMarkdown(`Live upstream: ${upstream.url}`)}`,
    ...liveSections(record, results).map((section) => markdownSection(section, 2)),
    '## Run',
    escapeMarkdown(
      `${createdAt}, on ${hostname}: ${cores} × ${cpuModel ?? 'an unknown CPU'}, kernel ${kernel}; gatebench ${harness.version}, seed ${seed}.`,
    ),
    escapeMarkdown(
      `Asked: ${JSON.stringify(question.prompt)}, at most ${question.maxTokens} tokens, ${question.stream ? 'as a stream' : 'not streamed'}; a response has ${question.timeoutS} s.`,
    ),
  ].join('\n\n')}\n`;
}
