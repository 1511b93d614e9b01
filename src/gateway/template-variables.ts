import { readFile } from 'node:fs/promises';
import { cpus as cpusOfMachine } from 'node:os';
import { join } from 'node:path';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { countCpus, LOOPBACK } from '../lib/machine.js';
import { pathInside } from '../lib/path-inside.js';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { RunCertificate } from '../lib/run-certificate.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import { MOCK_ACCESS } from '../model/upstream-access.js';
import type { GatewayStart } from './gateway-driver.js';

type CertificateFiles = Pick<RunCertificate, 'caFile' | 'certFile' | 'keyFile'>;

/** Values of the placeholders in a manifest and its templates, by name. */
export type TemplateVariables = Record<string, string>;

/** The template variables of one start; src/model/gateway.ts lists them. */
export function templateVariables(
  start: Pick<
    GatewayStart,
    'gateway' | 'installDir' | 'workDir' | 'upstream' | 'upstreamAccess' | 'secondUpstream' | 'cpus' | 'listen' | 'tls'
  > & {
    receipt: { entry: string } | null;
  },
): TemplateVariables {
  const { gateway, receipt, installDir, workDir, upstream, secondUpstream = upstream, cpus, listen = LOOPBACK } = start;
  const { upstreamAccess: access = MOCK_ACCESS } = start;
  const origin = new URL(upstream);
  const second = new URL(secondUpstream);
  const variables: TemplateVariables = {
    folder: gateway.folder,
    luajit: join(PACKAGE_ROOT, 'remote-programs', 'luajit'),
    work: workDir,
    upstream,
    listen,
    clientScheme: start.tls?.client ? 'https' : 'http',
    upstreamScheme: origin.protocol.slice(0, -1),
    upstreamHost: origin.hostname,
    upstreamPort: portOf(origin),
    upstreamKey: access.key,
    upstreamModel: access.model,
    upstream2: secondUpstream,
    upstream2Host: second.hostname,
    upstream2Port: portOf(second),
    cores: String(cpus === null ? cpusOfMachine().length : countCpus(cpus)),
  };
  if (start.tls) Object.assign(variables, tlsVariables(start.tls.certificate));
  if (gateway.kind !== 'process') return variables;
  variables.version = gateway.version;
  variables.install = installDir;
  variables.port = String(gateway.process.port);
  if (receipt) variables.entry = receipt.entry;
  for (const [name, port] of Object.entries(gateway.process.ports)) variables[`ports.${name}`] = String(port);
  for (const [name, { port }] of Object.entries(gateway.services)) {
    variables[`services.${name}.port`] = String(port);
    variables[`services.${name}.work`] = serviceFolder(workDir, name);
  }
  return variables;
}

/** The files of a run's certificate. */
export function tlsVariables({ caFile, certFile, keyFile }: CertificateFiles): TemplateVariables {
  return { tlsCa: caFile, tlsCert: certFile, tlsKey: keyFile };
}

/**
 * What tells programs of a CA that they are to trust: OpenSSL (and with it Python's ssl), Go and rustls-native-certs read the
 * first, Python's requests and curl the next two. All of them trust no other then; Node, which reads the last, does.
 */
export function trustVariables({ caFile }: Pick<RunCertificate, 'caFile'>): Record<string, string> {
  return {
    SSL_CERT_FILE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    CURL_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
  };
}

/** URLs leave a scheme's own port out. */
function portOf({ port, protocol }: URL): string {
  return port !== '' ? port : protocol === 'https:' ? '443' : '80';
}

/** Where a service keeps its files during one start of its gateway. */
export function serviceFolder(workDir: string, name: string): string {
  return join(workDir, 'services', name);
}

/** Fill the values of a record, such as headers or an environment. */
export function fillValues(
  templates: Readonly<Record<string, string>>,
  variables: TemplateVariables,
): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([key, value]) => [key, fillTemplate(value, variables)]));
}

/**
 * Fill a gateway's configuration template.
 * @param setting the setting that names it, for the error: "process.files"
 * @throws ExpectedError for a missing file or an unknown placeholder
 */
export async function fillTemplateFile(
  gateway: Pick<ProcessGateway, 'name' | 'folder'>,
  template: string,
  variables: TemplateVariables,
  setting: string,
): Promise<string> {
  const hint = `correct ${setting} in its gateway.yaml`;
  const path = pathInside(gateway.folder, template);
  if (path === null) {
    throw new ExpectedError(`${gateway.name}: the template ${template} is not in ${gateway.folder}`, hint);
  }
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ExpectedError(
      `${gateway.name}: can't read the configuration template ${path}: ${messageOf(error)}`,
      hint,
    );
  }
  return fillTemplate(text, variables);
}

/** Lists of options of a runtime, each in one variable: the values of both go into it. */
const OPTION_LISTS = ['NODE_OPTIONS', 'JAVA_TOOL_OPTIONS'];

/** Add a profiler's variables to a gateway's environment. */
export function overrideEnvironment(
  environment: Readonly<Record<string, string>>,
  overrides: LaunchOverrides,
  variables: TemplateVariables,
): Record<string, string> {
  const added = fillValues(overrides.environment, variables);
  for (const name of OPTION_LISTS) {
    const options = [environment[name], added[name]].filter(Boolean).join(' ');
    if (options !== '') added[name] = options;
  }
  return { ...environment, ...added };
}
