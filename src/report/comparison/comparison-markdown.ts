import { markdownSection } from '../markdown-section.js';
import { type ComparisonReport, comparisonSections } from './comparison-sections.js';

/** By which a job finds the comment that it wrote before, to replace it. */
const MARKER = '<!-- gatebench compare -->';

/** GitHub refuses comments of more than 65,536 characters. */
const MAX_COMMENT = 65_000;

/** The comparison as the comment of a pull request: the verdict and what decides, the rest folded away. */
export function comparisonMarkdown(report: ComparisonReport): string {
  const { summary, deciding, others } = comparisonSections(report);
  const head = [
    MARKER,
    markdownSection({ ...summary, title: `gatebench: ${summary.title}`, lead: [], notes: summary.notes }, 3),
    markdownSection(deciding, 4),
  ].join('\n\n');
  const method = folded('How it was compared', markdownSection({ ...summary, notes: [] }, 4).replace(/^.*\n+/, ''));
  const rest =
    others.table === null ? '' : folded('All other metrics', markdownSection(others, 4).replace(/^.*\n+/, ''));
  return `${within(head, [method, rest])}\n`;
}

function folded(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

/** As many parts as a comment holds. */
function within(head: string, parts: readonly string[]): string {
  const note = 'The rest is too long for a comment: see `gatebench compare --format text`.';
  let text = head.length <= MAX_COMMENT ? head : cutAtLine(head, MAX_COMMENT - note.length - 2);
  let isCut = text !== head;
  for (const part of parts.filter((each) => each !== '')) {
    if (text.length + part.length + 2 > MAX_COMMENT - note.length - 2) isCut = true;
    else text += `\n\n${part}`;
  }
  return isCut ? `${text}\n\n${note}` : text;
}

function cutAtLine(text: string, length: number): string {
  return text.slice(0, text.lastIndexOf('\n', length));
}
