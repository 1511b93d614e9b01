import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeholdersIn } from '../../lib/placeholders.js';
import type { ProcessGateway } from '../../model/resolved-gateway.js';
import type { UpstreamAddress } from './upstream-address.js';

/**
 * Why a gateway can't be put before an endpoint, by the template variables that its manifest uses; null where it can. A
 * plain proxy needs no key: it passes the client's on.
 */
export async function whyUnreachable(
  gateway: ProcessGateway,
  { isTls, hasPrefix }: Pick<UpstreamAddress, 'isTls' | 'hasPrefix'>,
): Promise<string | null> {
  const used = new Set((await textsOf(gateway)).flatMap(placeholdersIn));
  const cannot = gateway.tls.upstream?.cannot;
  if (isTls && cannot !== undefined) return `it can't ask its upstream over TLS: ${cannot}`;
  if (!used.has('upstream')) {
    if (isTls) return 'its configuration is for plain HTTP: it uses {upstreamHost}, not {upstream}';
    if (hasPrefix) return 'its manifest uses {upstreamHost}, which has no path';
  }
  if (gateway.process.command.flatMap(placeholdersIn).includes('upstreamKey')) {
    return 'its manifest puts {upstreamKey} on the command line, where every user of this machine can read it';
  }
  if (!used.has('upstreamKey') && !gateway.baseline) {
    return 'its manifest has no {upstreamKey}: it would ask with a key of its own';
  }
  return null;
}

async function textsOf({ process, request, folder }: ProcessGateway): Promise<string[]> {
  const files = process.files.map(({ template }) => readFile(join(folder, template), 'utf8'));
  return [
    ...process.command,
    ...Object.values(process.environment),
    ...Object.values(request.headers),
    ...(await Promise.all(files)),
  ];
}
