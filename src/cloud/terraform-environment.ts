/**
 * Variables that say where Terraform gets its programs from and what it logs: they are the user's. Every other `TF_…`
 * changes what is made or which state is looked at, such as TF_WORKSPACE, TF_VAR_…, TF_CLI_ARGS… and TF_DATA_DIR: a
 * `down` under one of them finds an empty state, while the machines run.
 */
const KEPT = /^(TF_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_\w+|TF_REGISTRY_\w+|TF_TOKEN_\w+|TF_LOG(_\w+)?|TF_PROVIDER_\w+)$/;

/**
 * The environment that Terraform runs in: the user's, with credentials and proxies, without what would change its work.
 * @param user such as process.env
 */
export function terraformEnvironment(user: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(user)) {
    if (value === undefined || (name.startsWith('TF_') && !KEPT.test(name))) continue;
    environment[name] = value;
  }
  // Said, and not only left out: a workspace that somebody selected in the folder would count otherwise.
  return { ...environment, TF_WORKSPACE: 'default', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
}

/** The variables of the user's that Terraform doesn't see, for a message. */
export function ignoredVariables(user: Readonly<NodeJS.ProcessEnv>): string[] {
  const kept = terraformEnvironment(user);
  return Object.keys(user)
    .filter((name) => name.startsWith('TF_') && kept[name] !== user[name])
    .sort();
}
