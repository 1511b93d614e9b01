import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_DURATION_S, MAX_VUS, MAX_WARMUP_S } from '../model/bounds.js';
import { durationParser, parseWhole } from './options/cell-options.js';
import { parseUrl } from './options/parse-url.js';
import { writeStatus } from './output.js';

const MAX_PODS = 1_000;

interface K6OperatorOptions {
  scenario: string;
  vus?: number;
  warmup?: number;
  duration?: number;
  parallelism: number;
  target: URL;
  model: string;
  header: [string, string][];
  name: string;
  image: string;
  out: string;
}

export function registerK6Operator(program: Command): void {
  program
    .command('k6-operator')
    .description("write a load as a TestRun of Grafana's k6-operator, for more load than one machine can give")
    .addOption(
      new Option(
        '--target <url>',
        'the gateway, as the pods reach it; with its path unless that is /v1/chat/completions',
      )
        .argParser(parseUrl)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--parallelism <n>', 'pods that share the VUs')
        .argParser((text) => parseWhole(text, { min: 1, max: MAX_PODS }, 'a number of pods'))
        .makeOptionMandatory(),
    )
    .addOption(new Option('-s, --scenario <scenario>', 'its name, or a file').default('published'))
    .addOption(
      new Option('--vus <n>', "VUs of all pods together (default: the scenario's highest)").argParser((text) =>
        parseWhole(text, { min: 1, max: MAX_PODS * MAX_VUS }, 'a VU count'),
      ),
    )
    .addOption(
      new Option('--warmup <time>', 'load before the measured window').argParser(
        durationParser({ min: 0, max: MAX_WARMUP_S }),
      ),
    )
    .addOption(
      new Option('--duration <time>', 'measured window').argParser(durationParser({ min: 1, max: MAX_DURATION_S })),
    )
    .addOption(new Option('--model <name>', 'model to request').default('gpt-4o'))
    .addOption(
      new Option('--header <name:value>', 'header of every request; may be repeated')
        .default([])
        .argParser((text, earlier: [string, string][]) => [...earlier, parseHeader(text)]),
    )
    .addOption(
      new Option('--name <name>', 'name of the TestRun and the ConfigMap').default('gatebench').argParser(parseName),
    )
    .addOption(new Option('--image <image>', 'image of k6').default('docker.io/grafana/k6:1.8.1'))
    .addOption(new Option('-o, --out <dir>', 'folder for the files').default('k6-operator'))
    .addHelpText(
      'after',
      `
Examples:
  gatebench k6-operator --target http://gateway.default.svc:8787 --parallelism 4 --vus 20000
  kubectl apply --server-side -f k6-operator/configmap.yaml -f k6-operator/testrun.yaml
  gatebench k6-merge pod-1.log pod-2.log pod-3.log pod-4.log

How to merge the pods' logs: docs/load-from-many-hosts.md`,
    )
    .action(async (options: K6OperatorOptions) => {
      const [{ writeOperatorFiles }, { rootsOf }] = await Promise.all([
        import('../app/k6/write-operator-files.js'),
        import('../lib/roots.js'),
      ]);
      const { scenario, parallelism, target, model, name, image } = options;
      const folder = resolve(options.out);
      const files = await writeOperatorFiles(
        {
          ...{ scenario, parallelism, target, model, name, image, folder },
          vus: options.vus,
          warmupS: options.warmup,
          durationS: options.duration,
          headers: Object.fromEntries(options.header),
        },
        rootsOf(),
      );
      writeStatus(`written to ${folder}: ${files.join(', ')}`);
    });
}

function parseHeader(text: string): [string, string] {
  const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(text);
  if (match?.[1] === undefined) throw new InvalidArgumentError(`"${text}" is not a header: write it as "Name: value"`);
  return [match[1], match[2] ?? ''];
}

function parseName(text: string): string {
  if (/^[a-z]([a-z0-9-]{0,50}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" can't be a name in Kubernetes: use lower-case letters, digits and hyphens`);
}
