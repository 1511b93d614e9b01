import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, UsageError } from '../lib/errors.js';
import type { ReplayedRequest } from '../model/replay.js';
import type { Dialect, Message } from '../model/request.js';
import type { Scenario } from '../model/scenario.js';
import { RecordedTimes } from './recorded-time.js';

const Body = z.record(z.string(), z.unknown());

/** A line of a file for OpenAI's Batch API (https://platform.openai.com/docs/guides/batch). */
const OpenAiLine = z.object({ custom_id: z.string().optional(), url: z.string(), body: Body });

/** A request of Anthropic's message batches (https://docs.claude.com/en/api/creating-message-batches). */
const AnthropicLine = z.object({ custom_id: z.string().optional(), params: Body });

/** A conversation in the form of the ShareGPT data sets. */
const ShareGptLine = z.object({ conversations: z.array(z.object({ from: z.string(), value: z.string() })) });

const Tokens = z.number().int().min(0).max(1_000_000);

/** A request of a trace without texts: of Mooncake (https://github.com/kvcache-ai/Mooncake), Azure's and BurstGPT's columns as JSON. */
const TraceLine = z.union([
  z
    .object({ input_length: Tokens, output_length: Tokens })
    .transform(({ input_length: inputs, output_length: outputs }) => ({ inputs, outputs })),
  z
    .object({ ContextTokens: Tokens, GeneratedTokens: Tokens })
    .transform((line) => ({ inputs: line.ContextTokens, outputs: line.GeneratedTokens })),
  z
    .object({ 'Request tokens': Tokens, 'Response tokens': Tokens })
    .transform((line) => ({ inputs: line['Request tokens'], outputs: line['Response tokens'] })),
]);

const URLS = new Map<string, Dialect>([
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/responses', 'openai-responses'],
  ['/v1/messages', 'anthropic-messages'],
]);

/** All requests are kept in memory. */
const MAX_BYTES = 64 * 2 ** 20;

const FORMS =
  'a line is a request of OpenAI’s batches ({"custom_id", "method", "url", "body"}) or Anthropic’s ({"custom_id", "params"}), ' +
  'a conversation ({"conversations": [{"from": "human", "value": …}, …]}), or of a trace ({"input_length", "output_length"})';

/**
 * The requests that a scenario replays, in the order of its file; empty where it replays none. They have times where its
 * arrivals are recorded ones.
 * @param scenarios folder of the scenarios that have names
 * @param source the scenario's name or file: paths of replays are relative to its folder
 * @throws UsageError with the file and the line that can't be read
 */
export async function readReplay(
  scenarios: string,
  source: string,
  { request, load }: Pick<Scenario, 'request' | 'load'>,
): Promise<ReplayedRequest[]> {
  if (request.replay === undefined) return [];
  const isName = !source.includes('/') && existsSync(join(scenarios, `${source}.yaml`));
  const path = resolve(isName ? scenarios : dirname(resolve(source)), request.replay);
  const requests = parseReplay(await readText(path), path, { timed: load.arrivals === 'recorded' });
  if (requests.length > 0) return requests;
  throw new UsageError(`the replayed file ${path} has no requests`, FORMS);
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new UsageError(
        `the replayed file ${path} has ${Math.ceil(size / 2 ** 20)} MiB, and at most ${MAX_BYTES / 2 ** 20} MiB fit into memory`,
        `take the first requests: head -n 1000 ${path}`,
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the replayed file ${path} can't be read: ${messageOf(error)}`, 'check request.replay');
  }
}

/**
 * Parse a JSONL file of requests. Conversations that no user began have nothing to ask and are left out.
 * @param timed each line must have a time
 * @throws UsageError with the line that is in none of the forms, or has no right time
 */
export function parseReplay(text: string, path: string, { timed = false } = {}): ReplayedRequest[] {
  const times = timed ? new RecordedTimes() : null;
  const requests = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${path}:${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new UsageError(`${where}: not JSON: ${messageOf(error)}`, `one request a line; ${FORMS}`);
    }
    const found = requestOf(value, where);
    const atMs = times?.next(value, where);
    return atMs === undefined ? found : found.map((request) => ({ ...request, atMs }));
  });
  // A line that asks nothing may have come first.
  const firstMs = requests[0]?.atMs ?? 0;
  return firstMs === 0 ? requests : requests.map((each) => ({ ...each, atMs: (each.atMs ?? 0) - firstMs }));
}

function requestOf(value: unknown, where: string): ReplayedRequest[] {
  const openAi = OpenAiLine.safeParse(value);
  if (openAi.success) {
    const { url, body } = openAi.data;
    const dialect = URLS.get(url);
    if (dialect !== undefined) return [{ kind: 'body', dialect, body }];
    throw new UsageError(`${where}: requests to ${url} can't be replayed`, `these can: ${[...URLS.keys()].join(', ')}`);
  }
  const anthropic = AnthropicLine.safeParse(value);
  if (anthropic.success) return [{ kind: 'body', dialect: 'anthropic-messages', body: anthropic.data.params }];
  const shareGpt = ShareGptLine.safeParse(value);
  if (shareGpt.success) return conversation(shareGpt.data.conversations);
  const trace = TraceLine.safeParse(value);
  // A request that was refused has no answer, and was asked all the same.
  if (trace.success)
    return [
      { kind: 'lengths', inputTokens: Math.max(1, trace.data.inputs), outputTokens: Math.max(1, trace.data.outputs) },
    ];
  throw new UsageError(`${where}: in no form that can be replayed`, FORMS);
}

const ROLES = new Map<string, Message['role']>([
  ['human', 'user'],
  ['user', 'user'],
  ['system', 'system'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['assistant', 'assistant'],
]);

/** All turns up to the last one of the user, which is what a model was asked last. */
function conversation(turns: readonly { from: string; value: string }[]): ReplayedRequest[] {
  const messages = turns.flatMap(({ from, value }): Message[] => {
    const role = ROLES.get(from);
    return role === undefined ? [] : [{ role, content: value }];
  });
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return last < 0 ? [] : [{ kind: 'conversation', messages: messages.slice(0, last + 1) }];
}
