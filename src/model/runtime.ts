import { z } from 'zod';

/** Programs that run containers, and take one another's arguments. */
export const ContainerEngineName = z.enum(['docker', 'podman']);
export type ContainerEngineName = z.infer<typeof ContainerEngineName>;

/** What `--runtime` takes. */
export const RuntimeName = z.enum(['process', ...ContainerEngineName.options]);
export type RuntimeName = z.infer<typeof RuntimeName>;

/** How a gateway of a run lives. */
export const GatewayRuntime = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('process') }),
  z.strictObject({
    kind: z.literal('container'),
    engine: ContainerEngineName,
    engineVersion: z.string(),
    /** As the manifest pins it: `name@sha256:…`, or an image ID. */
    image: z.string(),
    /** Of the image that was run, `sha256:…`; a digest may stand for one image for each architecture. */
    imageId: z.string(),
  }),
  /** It ran before the run, and was neither started nor stopped. */
  z.strictObject({
    kind: z.literal('attached'),
    /** Where it listens. */
    origin: z.string(),
    /** Of its main process; null where its processes aren't known. */
    pid: z.number().int().positive().nullable(),
  }),
]);
export type GatewayRuntime = z.infer<typeof GatewayRuntime>;

export const AS_PROCESS: GatewayRuntime = { kind: 'process' };
