import { type Command, Option } from 'commander';
import type { Compared } from '../app/compare/compare.js';
import { EXIT, UsageError } from '../lib/errors.js';
import { colours, writeResult, writeStatus } from './output.js';

const FORMATS = ['text', 'markdown', 'json', 'junit'] as const;

interface CompareOptions {
  baseline?: string;
  between?: string[];
  failIf?: string[];
  acrossMachines?: boolean;
  format: (typeof FORMATS)[number];
}

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('compare two runs, or two gateways of one run, and say whether the second is worse')
    .argument('<run...>', 'base and head, each a run or a folder of runs; one alone with --baseline or --between')
    .option('--baseline <run>', 'the base, where only the head is given')
    .option('--between <gateways...>', 'two gateways: of one run in pairs within its blocks, or one of each run')
    .option(
      '--fail-if <tolerances...>',
      "how much worse is too much, one for each metric: 'rate<-3%' 'p99>+5%' 'overheadP50>+0.2ms' (default: rate<-3% p99>+5% cpuUsPerRequest>+5% rss>+10%)",
    )
    .option('--across-machines', 'of two machines, compare only figures beside those of direct, and shapes')
    .addOption(new Option('--format <format>', 'what to print').choices(FORMATS).default('text'))
    .addHelpText(
      'after',
      `
Examples:
  gatebench compare results/base results/head --fail-if 'rate<-3%' 'p99>+5%'
  gatebench compare results/head --baseline results/nightly
  gatebench bench --gateways mine:base,mine:head --repeats 5 && gatebench compare results/<run-id> --between mine:base mine:head
  gatebench compare results/laptop results/server --across-machines

Exit codes: 0 not worse, 1 worse, 2 wrong usage or runs that don't compare, 3 inconclusive: it may be worse`,
    )
    .action(compare);
}

async function compare(runs: string[], options: CompareOptions): Promise<void> {
  const { compare: compareAll } = await import('../app/compare/compare.js');
  const compared = await compareAll(
    {
      paths: pathsOf(runs, options.baseline),
      between: options.between ?? null,
      tolerances: options.failIf ?? [],
      acrossMachines: options.acrossMachines === true,
    },
    writeStatus,
  );
  writeResult(await rendered(compared, options.format));
  process.exitCode = exitCodeOf(compared.comparison.verdict);
}

function pathsOf(runs: readonly string[], baseline: string | undefined): string[] {
  const paths = baseline === undefined ? [...runs] : [baseline, ...runs];
  if (paths.length <= 2) return paths;
  const extra = paths.slice(2).join(', ');
  throw new UsageError(
    `compare takes two runs, and there is also ${extra}`,
    'put several runs of a side into one folder, and give the folder; --between and --fail-if go after the runs',
  );
}

async function rendered(compared: Compared, format: CompareOptions['format']): Promise<string> {
  switch (format) {
    case 'text': {
      const [{ comparisonSections }, { terminalSections }] = await Promise.all([
        import('../report/comparison/comparison-sections.js'),
        import('../report/terminal.js'),
      ]);
      const { summary, deciding, others } = comparisonSections(compared);
      return terminalSections([deciding, others, summary], { colour: colours.isColorSupported });
    }
    case 'markdown':
      return (await import('../report/comparison/comparison-markdown.js')).comparisonMarkdown(compared);
    case 'json':
      return JSON.stringify(
        (await import('../report/comparison/comparison-json.js')).comparisonJson(compared),
        null,
        2,
      );
    case 'junit':
      return (await import('../report/comparison/comparison-junit.js')).comparisonJunit(compared);
    default:
      return format satisfies never;
  }
}

function exitCodeOf(verdict: Compared['comparison']['verdict']): number {
  if (verdict === 'worse') return EXIT.failed;
  return verdict === 'inconclusive' ? EXIT.inconclusive : EXIT.ok;
}
