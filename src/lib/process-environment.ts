/**
 * The environment of a program that we start to measure, or to measure with: what it is given and little else, so that
 * nothing of the user's shell (API keys, proxies, tuning variables) changes what is measured, and nothing that the
 * program writes lands in the user's home.
 * @param home a folder of its own
 */
export function cleanEnvironment(home: string, own: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    ...own,
  };
}

/** Our own environment, for the harness's own programs and container clients: they run with the user's settings. */
export function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
