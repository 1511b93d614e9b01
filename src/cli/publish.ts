import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../lib/errors.js';
import { formatDecimal } from '../lib/format.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { jsonOption } from './options/cell-options.js';
import { writeJson, writeStatus } from './output.js';

interface PublishOptions {
  out?: string;
  title: string;
  json?: boolean;
}

export function registerPublish(program: Command): void {
  program
    .command('publish')
    .description('make a static site of runs, without anything private, that GitHub Pages or any web server can serve')
    .argument('[site]', 'folder of the site; with --out, a run as well')
    .argument('[run...]', 'runs, or folders of runs (default: results)')
    .option('-o, --out <folder>', 'folder of the site, where only runs are given')
    .option('--title <text>', 'title of the site', 'Gateway benchmarks')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench publish site
  gatebench publish site results/2026-05-04T10-00-00Z-published nightly/
  gatebench publish --out site results/*-published --title 'Our gateways'

The site is made anew each time and replaces the one before; a folder with anything else in it is refused.
Host names, users, addresses, folders and secrets are removed. docs/history.md has a workflow for GitHub Pages.`,
    )
    .action(publish);
}

async function publish(first: string | undefined, rest: string[], { out, title, json }: PublishOptions): Promise<void> {
  const site = out ?? first;
  if (site === undefined) {
    throw new UsageError(
      'publish needs a folder for the site',
      'name one that is empty or new: gatebench publish site',
    );
  }
  const given = out === undefined || first === undefined ? rest : [first, ...rest];
  const { publish: publishRuns } = await import('../app/publish/publish.js');
  const roots = rootsOf();
  const request = { site: resolve(site), paths: given.length === 0 ? [roots.results] : given, title };
  const published = await interruptible((signal) => publishRuns(request, roots, signal, writeStatus));
  if (json) return writeJson(published);
  const { runs, files, bytes } = published;
  const size = formatDecimal(bytes / 2 ** 20, 1);
  writeStatus(
    `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}, ${files} files, ${size} MiB: ${published.site}/index.html`,
  );
}
