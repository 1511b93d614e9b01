import { z } from 'zod';

/**
 * An image that can't change under the name it has: `name@sha256:…` as a registry serves it (what `docker pull` takes
 * and prints), or `sha256:…` alone, the ID of an image that was built or imported on this machine and that no registry
 * has. Both are the engines' own notation. A tag alone is refused: it is another image tomorrow.
 */
export const ImageReference = z
  .string()
  .regex(
    /^(?:[a-z0-9][a-z0-9._:/-]*@)?sha256:[0-9a-f]{64}$/,
    'an image pinned by digest, name@sha256:…, or one of this machine alone by its ID, sha256:…',
  );
export type ImageReference = z.infer<typeof ImageReference>;

/** The reference without its tag, which is for people: some engines take no tag beside a digest, the others ignore it. */
export function withoutTag(image: ImageReference): string {
  return image.replace(/:[^:/@]+@/, '@');
}

/** A place in the container. Mounts are written as comma-separated fields, and a colon ends one in the short form. */
const PathInside = z.string().regex(/^\/[^,:"]+$/, 'an absolute path without commas, colons and quotes');

/**
 * The gateway in a container, for `--runtime docker` and `podman`. Ports, health check, stop signal and request are
 * those of the process; the rest is said here, since paths and programs inside an image are others than outside.
 * Placeholders are the process's but for `{install}`, `{entry}`, `{work}` and `{folder}`, which only exist outside.
 */
export const ContainerSpec = z.strictObject({
  image: ImageReference,
  /** Instead of the image's own entry point. */
  entrypoint: z.string().min(1).optional(),
  /** Instead of the image's own arguments. */
  command: z.array(z.string()).optional(),
  /** Beside the image's own. */
  environment: z.record(z.string(), z.string()).default({}),
  /** Templates from the manifest's folder, mounted read-only. */
  files: z.array(z.strictObject({ template: z.string(), to: PathInside })).default([]),
  /** `uid` or `uid:gid`; the image's own where absent. */
  user: z.string().min(1).optional(),
  /**
   * Run under the engine's init process, which hands signals on and is not counted as the gateway's. Without it the
   * gateway is PID 1, and the kernel drops every signal that PID 1 has no handler for. False for images with their own.
   */
  init: z.boolean().default(true),
});
export type ContainerSpec = z.infer<typeof ContainerSpec>;
