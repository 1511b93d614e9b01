import { mkdir, rm } from 'node:fs/promises';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethod, ServiceReceipt } from '../model/install-method.js';
import type { ServiceSpec } from '../model/service.js';
import { serviceInstallFolder, unpackedLibraries } from '../store/installs.js';
import { findRequestedMethod } from './existing.js';
import { type InstallContext, throwIfInterrupted } from './installer.js';
import { installWith } from './installers.js';
import { probeVersion } from './version-probe.js';

/**
 * Install the programs that run beside a gateway, each by the first of its methods that works.
 * @throws ExpectedError where one can't be installed
 */
export async function installServices(context: InstallContext): Promise<Record<string, ServiceReceipt>> {
  const receipts: Record<string, ServiceReceipt> = {};
  for (const [name, spec] of Object.entries(context.gateway.services ?? {})) {
    receipts[name] = await installService(name, spec, context);
  }
  return receipts;
}

async function installService(name: string, spec: ServiceSpec, context: InstallContext): Promise<ServiceReceipt> {
  const { gateway } = context;
  const target = serviceInstallFolder(context.target, name);
  const inner: InstallContext = {
    ...context,
    target,
    gateway: {
      name: `${gateway.name}-${name}`,
      // Its manifest names none: Debian's packages have whatever version Debian has.
      version: '',
      folder: gateway.folder,
      refuseVersions: {},
      install: spec.install,
      versionProbe: { from: 'command', ...spec.version },
    },
  };
  const requested = findRequestedMethod(spec.install);
  const failures: string[] = [];
  for (const method of requested === undefined ? spec.install : [requested]) {
    throwIfInterrupted(context.signal);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    context.log(`${spec.title} of ${gateway.name} by ${method.method}`);
    try {
      return await installBy(method, inner);
    } catch (error) {
      throwIfInterrupted(context.signal);
      if (!(error instanceof ExpectedError)) throw error;
      failures.push(`${method.method}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
    }
  }
  throw new ExpectedError(`${spec.title}, which runs beside it, can't be installed: ${failures.join('; ')}`);
}

async function installBy(method: InstallMethod, context: InstallContext): Promise<ServiceReceipt> {
  const installed = await installWith(method, context);
  const libraries = method.method === 'deb-unpack' ? unpackedLibraries(context.target) : {};
  const { version } = await probeVersion(installed, withEnvironment(context, libraries));
  return { ...installed, version, method: method.method };
}

/** The context with more in the environment of its version command. */
function withEnvironment(context: InstallContext, environment: Record<string, string>): InstallContext {
  const { versionProbe } = context.gateway;
  if (versionProbe.from !== 'command') return context;
  const probe = { ...versionProbe, environment: { ...environment, ...versionProbe.environment } };
  return { ...context, gateway: { ...context.gateway, versionProbe: probe } };
}
