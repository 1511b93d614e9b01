import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A gateway's definition, and what of it is installed. */
export const GatewayBasis = z.strictObject({
  /** Of the manifest with the variant merged in: comments and the order of keys don't count. */
  manifestSha256: Sha256,
  /** Templates and other files of the manifest's folder, by their path in it. */
  files: z.record(z.string(), Sha256),
  /** Version and recipe, or the image's ID; null where nothing is installed. */
  installed: z.string().nullable(),
});
export type GatewayBasis = z.infer<typeof GatewayBasis>;

/** The files that a run's cells are measured with. If one changes in mid-run, the cells don't compare. */
export const RunBasis = z.strictObject({
  scenario: z.strictObject({
    /** Name or absolute path, as given. */
    source: z.string(),
    /** Before the command line's overrides. */
    sha256: Sha256,
  }),
  /** By label: `litellm:workers`. */
  gateways: z.record(z.string(), GatewayBasis),
});
export type RunBasis = z.infer<typeof RunBasis>;
