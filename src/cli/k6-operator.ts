import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { operatorManifests } from '../load/k6/operator-manifest.js';
import { overrideScenario } from '../plan/override.js';
import { chatRequest } from '../run/chat-request.js';
import { findScenario } from '../store/scenarios.js';
import { durationParser, parseWhole } from './options/cell-options.js';
import { writeStatus } from './output.js';

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

const CHAT_PATH = '/v1/chat/completions';
/** A ConfigMap may have 1 MiB in all. */
const MAX_BYTES = 1_000_000;

export function registerK6Operator(program: Command): void {
  program
    .command('k6-operator')
    .description("write a load as a TestRun of Grafana's k6-operator, for more load than one machine gives")
    .addOption(
      new Option(
        '--target <url>',
        'the gateway, as the pods know it; with its path where that is not /v1/chat/completions',
      )
        .argParser(parseTarget)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--parallelism <n>', 'pods that share the VUs')
        .argParser((text) => parseWhole(text, 1, 'a number of pods'))
        .makeOptionMandatory(),
    )
    .addOption(new Option('-s, --scenario <name>', 'name of a scenario, or path of its file').default('published'))
    .addOption(
      new Option('--vus <n>', "VUs of all pods together (default: the scenario's highest)").argParser((text) =>
        parseWhole(text, 1, 'a VU count'),
      ),
    )
    .addOption(new Option('--warmup <time>', 'load before the window').argParser(durationParser('--warmup', 0)))
    .addOption(new Option('--duration <time>', 'measured window').argParser(durationParser('--duration', 1)))
    .addOption(new Option('--model <name>', 'model that is asked for').default('gpt-4o'))
    .addOption(
      new Option('--header <name:value>', 'header of every request; may be repeated')
        .default([])
        .argParser((text, earlier: [string, string][]) => [...earlier, parseHeader(text)]),
    )
    .addOption(
      new Option('--name <name>', 'of the TestRun and the ConfigMap').default('gatebench').argParser(parseName),
    )
    .addOption(new Option('--image <image>', "k6's image").default('docker.io/grafana/k6:1.8.1'))
    .addOption(new Option('-o, --out <dir>', 'folder for the files').default('k6-operator'))
    .addHelpText(
      'after',
      `
Examples:
  gatebench k6-operator --target http://gateway.default.svc:8787 --parallelism 4 --vus 20000
  kubectl apply -f k6-operator/configmap.yaml -f k6-operator/testrun.yaml
  gatebench k6-merge pod-1.log pod-2.log pod-3.log pod-4.log

How the pods' logs become one result: docs/load-from-many-hosts.md`,
    )
    .action((options: K6OperatorOptions) => writeManifests(options));
}

async function writeManifests(options: K6OperatorOptions): Promise<void> {
  const { load, request, ...rest } = overrideScenario(await findScenario(rootsOf().scenarios, options.scenario), {
    vus: options.vus === undefined ? undefined : [options.vus],
    durationS: options.duration,
    warmupS: options.warmup,
  });
  const vus = Math.max(...load.vus);
  if (vus < options.parallelism) {
    throw new UsageError(
      `${vus} VUs can't be shared by ${options.parallelism} pods`,
      'lower --parallelism, or raise --vus',
    );
  }
  const { pathname, search, origin } = options.target;
  const path = pathname === '/' ? CHAT_PATH : pathname + search;
  const spec = { path, model: options.model, headers: {} };
  const files = operatorManifests({
    name: options.name,
    parallelism: options.parallelism,
    image: options.image,
    spec: {
      ...chatRequest({ load, request, ...rest }, spec, Object.fromEntries(options.header)),
      ...{ origin, stream: request.stream, vus },
      ...{ warmupS: load.warmupS, durationS: load.durationS, timeoutS: load.timeoutS },
    },
  });
  const tooLarge = Object.values(files).some((text) => Buffer.byteLength(text) > MAX_BYTES);
  if (tooLarge)
    throw new UsageError('the script is larger than a ConfigMap may be', 'use a scenario with shorter messages');
  const folder = resolve(options.out);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  writeStatus(`written to ${folder}: ${Object.keys(files).join(', ')}`);
}

function parseTarget(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidArgumentError(`"${text}" is not an address: write it as http://gateway:8787`);
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
