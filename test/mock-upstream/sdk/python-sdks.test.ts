import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../src/lib/paths.js';
import { type StartedMock, startMock } from '../started-mock.js';

const PYTHON = join(PACKAGE_ROOT, '.tools/python-sdks/bin/python');
const FOLDER = join(import.meta.dirname, 'python');
const installed = existsSync(PYTHON);
if (!installed) {
  process.stderr.write(
    'SKIPPED: the tests of the Python SDKs: scripts/install-python-sdks.sh has not installed them\n',
  );
}

/** Each check, so that none is left out unseen. */
const CHECKS = {
  openai: [
    'azure',
    'chat',
    'chat_async',
    'chat_stream',
    'chat_stream_helper',
    'chat_structured_output',
    'chat_tools',
    'completions',
    'embeddings',
    'errors',
    'models',
    'responses',
    'responses_stream_helper',
    'responses_structured_output',
    'responses_tools',
    'retries',
  ],
  anthropic: ['count_tokens', 'errors', 'messages', 'models', 'retries', 'stream', 'stream_helper', 'tools'],
  litellm: ['completion', 'embedding', 'errors', 'responses', 'stream', 'tools'],
  langchain: ['embeddings', 'errors', 'invoke', 'responses_api', 'stream', 'structured_output', 'tools'],
};

describe.skipIf(!installed)('Python SDKs', () => {
  let mock: StartedMock;
  beforeAll(async () => {
    mock = await startMock('--contract', 'full', '--stream-chunk-delay-ms', '1', '--api-key', 'sk-right');
  });
  afterAll(() => mock.stop());

  test.each(Object.entries(CHECKS))('%s', async (sdk, checks) => {
    const { stdout } = await execa(PYTHON, [join(FOLDER, 'checks.py'), `${sdk}_checks`, mock.origin], {
      // What a shell sets for its own work is none of the tests': no proxy, no key, no tracing.
      extendEnv: false,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        PYTHONDONTWRITEBYTECODE: '1',
        LANGSMITH_TRACING: 'false',
      },
    });
    const outcomes = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, string>;
    expect(outcomes).toEqual(Object.fromEntries(checks.map((check) => [`check_${check}`, 'ok'])));
  });
});
