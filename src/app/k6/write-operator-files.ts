import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StorageError, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { operatorManifests } from '../../load/k6/operator-manifest.js';
import { k6Refusal } from '../../load/k6/script.js';
import { levelField, loadLevels, mostConnections } from '../../model/load-level.js';
import type { Scenario } from '../../model/scenario.js';
import { overrideScenario } from '../../plan/override.js';
import { engineNeeds } from '../../plan/request-needs.js';
import { chatRequest } from '../../run/chat-request.js';
import { loadShape } from '../../run/load-shape.js';
import { makeFolder } from '../../store/make-folder.js';
import { findScenario } from '../../store/scenarios.js';

export interface OperatorFilesRequest {
  /** Name of a scenario, or path of its file. */
  scenario: string;
  /** Of all pods together; undefined for the scenario's highest. */
  vus: number | undefined;
  warmupS: number | undefined;
  durationS: number | undefined;
  /** Pods that share the VUs. */
  parallelism: number;
  /** The gateway, as the pods reach it. */
  target: URL;
  model: string;
  headers: Record<string, string>;
  /** Of the TestRun and the ConfigMap. */
  name: string;
  /** Of k6. */
  image: string;
  /** Folder for the files. */
  folder: string;
}

const CHAT_PATH = '/v1/chat/completions';
/** Kubernetes allows a ConfigMap 1 MiB in all. */
const MAX_CONFIG_MAP_BYTES = 1_000_000;

/**
 * Write a scenario as a TestRun of Grafana's k6-operator.
 * @returns names of the files
 * @throws UsageError for a load that the pods can't share, or that doesn't fit into a ConfigMap
 */
export async function writeOperatorFiles(request: OperatorFilesRequest, roots: Roots): Promise<string[]> {
  const { parallelism, target, model, headers, name, image, folder } = request;
  const scenario = overrideScenario(await findScenario(roots.scenarios, request.scenario), {
    vus: request.vus === undefined ? undefined : [request.vus],
    durationS: request.durationS,
    warmupS: request.warmupS,
  });
  requireOneRequest(scenario);
  const { load } = scenario;
  const vus = mostConnections(load);
  const shape = loadShape(scenario, { ...levelField(load.model, Math.max(...loadLevels(load))), repeat: 1 }, 0);
  const refusal = k6Refusal(shape);
  if (refusal !== null) throw new UsageError(`k6 ${refusal}`, 'choose another scenario');
  if (vus < parallelism) {
    throw new UsageError(`${parallelism} pods can't share ${vus} VUs`, 'lower --parallelism, or raise --vus');
  }
  const path = target.pathname === '/' ? CHAT_PATH : target.pathname + target.search;
  const files = operatorManifests({
    name,
    parallelism,
    image,
    spec: {
      ...chatRequest(scenario, { path, model, headers: {} }, headers),
      origin: target.origin,
      stream: scenario.request.stream,
      // Whatever stands behind the gateway in that cluster.
      texts: null,
      ...shape,
      warmupS: load.warmupS,
      durationS: load.durationS,
      timeoutS: load.timeoutS,
    },
  });
  if (Object.values(files).some((text) => Buffer.byteLength(text) > MAX_CONFIG_MAP_BYTES)) {
    throw new UsageError('the script does not fit into a ConfigMap (1 MB)', 'use a scenario with shorter messages');
  }
  try {
    await makeFolder(folder);
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  } catch (error) {
    throw new StorageError(`${folder} can't be written: ${messageOf(error)}`, 'choose another folder with --out');
  }
  return Object.keys(files);
}

/** What answers in that cluster is not the scenario's upstream, so only its requests matter. @throws UsageError */
function requireOneRequest({ name, request, upstream }: Scenario): void {
  const { dialect, outputTokens, ...plain } = upstream;
  const needs = engineNeeds({ request, upstream: plain });
  if ((request.keys ?? 'valid') !== 'valid') needs.push(`request.keys ${request.keys}`);
  if (needs.length === 0) return;
  throw new UsageError(
    `k6 sends one chat completion over and over, and the scenario ${name} has ${needs.join(' and ')}`,
    'choose another scenario',
  );
}
