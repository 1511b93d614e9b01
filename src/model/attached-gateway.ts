import { z } from 'zod';
import { Name } from './names.js';

/** A gateway that already runs and is only measured: what a run keeps of it. The values of its headers are nowhere in a run. */
export const AttachedGateway = z.strictObject({
  name: Name,
  /** Where requests go, such as `http://127.0.0.1:8080`. */
  origin: z.string(),
  /** Path of a chat completion there. */
  path: z.string().startsWith('/'),
  model: z.string(),
  /** Of the request, in lower case. */
  headerNames: z.array(z.string()),
  /** Root of its process tree as the user gave it; null where it is found by its port. */
  pid: z.number().int().positive().nullable(),
  /** How perf walks its stacks. */
  callGraph: z.enum(['fp', 'dwarf']),
  /** `external`: the upstream is none of ours, so nothing is known of what it does. */
  upstream: z.enum(['mock', 'external']),
  /** Address that the mock listens on; null for 127.0.0.1. */
  mockListen: z.string().nullable(),
});
export type AttachedGateway = z.infer<typeof AttachedGateway>;
