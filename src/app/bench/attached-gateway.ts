import type { AttachedSubject } from '../../gateway/attached-gateway.js';
import { requireAnswering } from '../../gateway/attached-gateway.js';
import { isOnThisMachine, portOf } from '../../gateway/attached-processes.js';
import { UsageError } from '../../lib/errors.js';
import type { AttachedGateway } from '../../model/attached-gateway.js';
import { ProfilerSpec, STRICT_RESPONSE } from '../../model/gateway.js';
import { DEFAULT_VARIANT } from '../../model/resolved-gateway.js';

/** Unlike the colours of the gateways that gatebench has. */
const COLOUR = '#8a5a44';

/** A running gateway as it was asked for. */
export interface AttachRequest {
  gateway: AttachedGateway;
  /** By name in lower case; their values are secrets, and not kept. */
  headers: Record<string, string>;
}

/**
 * The gateway of a run with `--url`.
 * @param mockPort null where it doesn't matter
 * @throws UsageError where it can't be measured so, ExpectedError where it doesn't answer
 */
export async function resolveAttached(
  { gateway: attached, headers }: AttachRequest,
  mockPort: number | null,
): Promise<AttachedSubject> {
  const { name, origin, path, model, callGraph, upstream, headerNames } = attached;
  const missing = headerNames.filter((header) => !Object.hasOwn(headers, header));
  if (missing.length > 0) {
    throw new UsageError(
      `the run was begun with the header ${missing.join(', ')}, whose value is not kept`,
      `give it again: ${missing.map((header) => `--header '${header}: ...'`).join(' ')}`,
    );
  }
  if (upstream === 'mock' && isOnThisMachine(origin) && portOf(origin) === mockPort) {
    throw new UsageError(
      `--url ${origin} is the port of the mock upstream, ${mockPort}`,
      'give another --mock-port, and let the gateway send there',
    );
  }
  await requireAnswering(origin);
  return {
    kind: 'attached',
    attached,
    headers,
    name,
    variant: DEFAULT_VARIANT,
    title: name,
    language: 'not known',
    colour: COLOUR,
    request: { path, model, headers: {} },
    response: STRICT_RESPONSE,
    upstream: {},
    profiler: ProfilerSpec.parse({ callGraph, pprof: {} }),
    dialects: [],
    tls: {},
    notes: [
      `It ran already, at ${origin}${path}, and was neither started nor stopped: its settings and version are its owner's, and every cell had the same process, with whatever it did before in its memory.`,
      ...(upstream === 'external'
        ? [
            "Its upstream was not gatebench's mock: what part of a latency is the upstream's is not known, so there is no overhead.",
          ]
        : []),
    ],
    folder: '',
  };
}
