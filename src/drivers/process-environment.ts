/**
 * The environment of a gateway: what its manifest says and little else, so that nothing of the user's shell (API keys,
 * proxies, tuning variables) changes what is measured, and nothing the gateway writes lands in the user's home.
 */
export function gatewayEnvironment(workDir: string, manifest: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: workDir,
    LANG: 'C.UTF-8',
    ...manifest,
  };
}

/** Our own environment, for programs of the rig and clients of engines: they are the user's own, settings included. */
export function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
