import { describe, expect, it } from 'vitest';
import { ignoredVariables, terraformEnvironment } from '../../src/cloud/terraform-environment.js';

const user = {
  PATH: '/bin',
  GOOGLE_OAUTH_ACCESS_TOKEN: 'x',
  HTTPS_PROXY: 'http://proxy',
  TF_CLI_CONFIG_FILE: '/home/me/terraform.rc',
  TF_PLUGIN_CACHE_DIR: '/home/me/cache',
  TF_LOG: 'debug',
  TF_LOG_PROVIDER: 'trace',
  TF_TOKEN_app_terraform_io: 'secret',
  TF_WORKSPACE: 'other',
  TF_VAR_topology: 'split',
  TF_CLI_ARGS: '-x',
  TF_CLI_ARGS_destroy: '-target=x',
  TF_DATA_DIR: '/elsewhere',
  TF_INPUT: '1',
  TF_REATTACH_PROVIDERS: '{}',
  TF_SOMETHING_NEW: '1',
};

describe('what Terraform sees of the environment', () => {
  it('is credentials, proxies, and where its programs are from', () => {
    expect(terraformEnvironment(user)).toEqual({
      PATH: '/bin',
      GOOGLE_OAUTH_ACCESS_TOKEN: 'x',
      HTTPS_PROXY: 'http://proxy',
      TF_CLI_CONFIG_FILE: '/home/me/terraform.rc',
      TF_PLUGIN_CACHE_DIR: '/home/me/cache',
      TF_LOG: 'debug',
      TF_LOG_PROVIDER: 'trace',
      TF_TOKEN_app_terraform_io: 'secret',
      TF_WORKSPACE: 'default',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
    });
  });

  it('and what it doesn’t see has a name', () => {
    expect(ignoredVariables(user)).toEqual([
      'TF_CLI_ARGS',
      'TF_CLI_ARGS_destroy',
      'TF_DATA_DIR',
      'TF_INPUT',
      'TF_REATTACH_PROVIDERS',
      'TF_SOMETHING_NEW',
      'TF_VAR_topology',
      'TF_WORKSPACE',
    ]);
    expect(ignoredVariables({ TF_WORKSPACE: 'default', TF_INPUT: '0', TF_IN_AUTOMATION: '1' })).toEqual([]);
  });
});
