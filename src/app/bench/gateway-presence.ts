import type { AttachedSubject } from '../../gateway/attached-gateway.js';
import { findAttached } from '../../gateway/attached-processes.js';
import { type EngineState, findLocalImage, probeEngine } from '../../gateway/container-engine.js';
import { findRequestedMethod } from '../../install/existing.js';
import { installGateway } from '../../install/install-gateway.js';
import { findInstallation, installFolder, type ReceiptResult } from '../../install/receipt.js';
import type { Roots } from '../../lib/roots.js';
import { withoutTag } from '../../model/container.js';
import type { InstallReceipt } from '../../model/install-method.js';
import { containerOf, gatewayLabel, type ProcessGateway, type ResolvedGateway } from '../../model/resolved-gateway.js';
import { AS_PROCESS, type ContainerEngineName, type GatewayRuntime, type RuntimeName } from '../../model/runtime.js';
import type { Readiness } from '../../plan/choose-gateways.js';

/** What there is on this machine of a gateway: an installation, or an image. */
export interface Presence {
  readiness: Readiness;
  /** Null for direct, for a container, and where nothing is installed. */
  receipt: InstallReceipt | null;
  installDir: string;
  runtime: GatewayRuntime;
}

/** How to learn of a gateway what there is of it here, under one `--runtime`. The engine is asked once. */
export async function gatewayPresence(
  runtime: RuntimeName,
  roots: Roots,
): Promise<(gateway: ResolvedGateway) => Promise<Presence>> {
  if (runtime === 'process') return (gateway) => processPresence(gateway, roots);
  const state = await probeEngine(runtime);
  return async (gateway) => {
    const container = containerOf(gateway);
    if (gateway.kind === 'process' && container !== null) {
      return containerPresence(gateway, container.image, runtime, state);
    }
    const found = await processPresence(gateway, roots);
    if (gateway.kind !== 'process' || !found.readiness.ready) return found;
    // Said in the plan: beside containers, one would take it for one.
    const why = gateway.container === null ? 'its manifest names no image' : 'it needs services beside it';
    return { ...found, readiness: { ...found.readiness, note: `as a process: ${why}` } };
  };
}

async function processPresence(gateway: ResolvedGateway, roots: Roots): Promise<Presence> {
  if (gateway.kind === 'attached') return attachedPresence(gateway);
  if (gateway.kind === 'direct') {
    return { readiness: { ready: true, version: null }, receipt: null, installDir: '', runtime: AS_PROCESS };
  }
  const found = await findOrTakeOwn(gateway, roots);
  return {
    readiness: found.valid
      ? { ready: true, version: found.receipt.reportedVersion }
      : { ready: false, reason: found.reason, hint: found.hint ?? `gatebench setup ${gatewayLabel(gateway)}` },
    receipt: found.valid ? found.receipt : null,
    installDir: installFolder(roots.installs, gateway),
    runtime: AS_PROCESS,
  };
}

function attachedPresence({ attached }: AttachedSubject): Presence {
  const { origin, pid } = attached;
  const found = findAttached(origin, pid);
  const processes = found.known ? found.description : `no CPU and memory: ${found.reason} (${found.hint})`;
  const mainPid = found.known ? (found.roots[0]?.pid ?? null) : null;
  return {
    readiness: { ready: true, version: null, note: `runs already at ${origin}; ${processes}` },
    receipt: null,
    installDir: '',
    runtime: { kind: 'attached', origin, pid: mainPid },
  };
}

/**
 * What is installed. A program of the user's own needs no `setup` before it: only its version has to be read, so that is
 * done here, unless something else has to be installed with it.
 */
async function findOrTakeOwn(gateway: ProcessGateway, roots: Roots): Promise<ReceiptResult & { hint?: string }> {
  const found = await findInstallation(roots.installs, gateway);
  const more = Object.keys(gateway.services).length + gateway.afterInstall.length;
  if (found.valid || more > 0 || findRequestedMethod(gateway.install) === undefined) return found;
  const result = await installGateway(gateway, { root: roots.installs, signal: new AbortController().signal });
  if (result.outcome !== 'failed') return { valid: true, receipt: result.receipt, folder: result.folder };
  const [failure] = result.failures;
  return { valid: false, reason: failure?.reason ?? found.reason, hint: failure?.hint ?? result.hint };
}

async function containerPresence(
  gateway: ProcessGateway,
  image: string,
  engine: ContainerEngineName,
  state: EngineState,
): Promise<Presence> {
  const outside = { receipt: null, installDir: '' };
  if (!state.available) {
    const { reason, hint } = state;
    return { readiness: { ready: false, reason, hint }, ...outside, runtime: AS_PROCESS };
  }
  const imageId = await findLocalImage(engine, image);
  if (imageId === null) {
    const hint = image.includes('@')
      ? `${engine} pull ${withoutTag(image)}`
      : `build or import it here: no registry has it, the manifest names its ID; \`${engine} images --no-trunc\` lists what there is`;
    return {
      readiness: { ready: false, reason: `its image ${shortImage(image)} is not on this machine`, hint },
      ...outside,
      runtime: AS_PROCESS,
    };
  }
  return {
    readiness: { ready: true, version: gateway.version, image, note: `in ${engine}, image ${shortImage(image)}` },
    ...outside,
    runtime: { kind: 'container', engine, engineVersion: state.version, image, imageId },
  };
}

/** Twelve digits of the sum are enough for people. */
function shortImage(image: string): string {
  return image.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');
}
