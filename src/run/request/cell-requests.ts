import { newRandom } from '../../../common/random.js';
import { newCountSource } from '../../../common/token-counts.js';
import type { ExpectedAnswer } from '../../lib/answers/expected.js';
import { ExpectedError } from '../../lib/errors.js';
import type { LoadSpec, MixedRequest, RequestMix } from '../../load/engine.js';
import type { RequestSpec, ResponseSpec } from '../../model/gateway.js';
import type { ReplayedRequest } from '../../model/replay.js';
import { countModel, type Message, type RequestClass } from '../../model/request.js';
import type { Scenario } from '../../model/scenario.js';
import { dialectsOf } from '../../plan/dialects.js';
import { withKey } from '../client-keys.js';
import { expectedAnswer, promptTokensOf } from './expected-answer.js';
import { noiseImage } from './noise-image.js';
import { promptText } from './prompt-text.js';
import { type BuiltRequest, replayedRequest } from './replayed.js';
import { ANTHROPIC_MAX_TOKENS, requestBody } from './request-body.js';

/** All requests of a cell, of all classes: without classes there is one, which has no name in results. */
export interface CellRequests {
  path: string;
  headers: Record<string, string>;
  classes: [ClassRequests, ...ClassRequests[]];
  order: RequestMix['order'];
  seed: number;
}

interface ClassRequests {
  name: string;
  weight: number;
  requests: [MixedRequest, ...MixedRequest[]];
}

export interface RequestSources {
  /** Of texts and of drawn sizes. */
  seed: number;
  /** The requests of the scenario's file; empty without one. */
  replayed: readonly ReplayedRequest[];
  /** False before an upstream that isn't ours: any answer in the right dialect is right then. True by default. */
  answersKnown?: boolean;
}

/** Prompts of a drawn size: so many of them, which their class sends in turn. */
const DRAWN_PROMPTS = 200;
/** All bodies of a class are kept in memory, in each load worker. */
const MAX_CLASS_BYTES = 64 * 2 ** 20;
/** The name of all requests where a scenario has no classes. */
const ALL = 'all';

/**
 * Build what a cell sends, and what it must get for it.
 * @throws ExpectedError where the requests need too much memory, or a replayed one doesn't fit the scenario
 */
export function cellRequests(
  scenario: Scenario,
  spec: RequestSpec,
  response: ResponseSpec,
  gatewayHeaders: Record<string, string>,
  sources: RequestSources,
): CellRequests {
  const { request } = scenario;
  const { answersKnown = true } = sources;
  const build = ({ body: own, asked }: BuiltRequest): MixedRequest => {
    const body = spec.body === undefined ? own : JSON.stringify({ ...JSON.parse(own), ...spec.body });
    const { told, call, ...expected } = expectedAnswer(scenario, response, asked);
    if (!answersKnown) return { body, expected: { ...expected, texts: null } };
    return { body, expected: { ...expected, ...(told ? { told } : {}), ...(call === undefined ? {} : { call }) } };
  };
  const classes: readonly Partial<RequestClass>[] = request.classes ?? [{}];
  const all = classes.map((each, index): ClassRequests => {
    const name = each.name ?? ALL;
    const seed = (sources.seed + index * 1_000_003) % 2 ** 31;
    const built =
      request.replay === undefined
        ? generatedRequests(scenario, each, spec, seed, name)
        : replayedRequests(scenario, spec, sources);
    return { name, weight: each.weight ?? 1, requests: nonEmpty(built.map(build), name) };
  });
  return {
    path: spec.path,
    headers: {
      'content-type': 'application/json',
      accept: request.stream ? 'text/event-stream' : 'application/json',
      ...withKey(gatewayHeaders, request.keys),
    },
    classes: nonEmpty(all, scenario.name),
    order: request.replay === undefined ? 'drawn' : 'in turn',
    seed: sources.seed,
  };
}

/** What a load engine is to send: one body, or, where there are several, all of them. */
export function requestsOfLoad({
  path,
  headers,
  classes,
  order,
  seed,
}: CellRequests): Pick<LoadSpec, 'path' | 'headers' | 'body' | 'mix'> & ExpectedAnswer {
  const [{ requests }] = classes;
  const [{ body, expected }] = requests;
  const single = classes.length === 1 && requests.length === 1;
  return { path, headers, body, ...expected, ...(single ? {} : { mix: { classes, order, seed } }) };
}

function generatedRequests(
  { request, ...scenario }: Scenario,
  own: Partial<RequestClass>,
  { model }: RequestSpec,
  seed: number,
  name: string,
): BuiltRequest[] {
  const { client } = dialectsOf({ request, ...scenario });
  const promptTokens = own.promptTokens ?? (own.messages === undefined ? request.promptTokens : undefined);
  const tools = own.tools ?? request.tools ?? [];
  const toolChoice = own.toolChoice ?? request.toolChoice;
  const maxTokens =
    own.maxTokens ?? request.maxTokens ?? (client === 'anthropic-messages' ? ANTHROPIC_MAX_TOKENS : undefined);
  const images = (own.images ?? request.images ?? []).map(({ sizeKib }, index) => noiseImage(sizeKib, seed + index));
  const call = toolChoice === 'none' ? undefined : tools[0]?.name;
  const stated = own.messages ?? request.messages;
  const sizes: (number | null)[] = promptTokens === undefined ? [null] : promptSizes(promptTokens, seed);
  let bytes = 0;
  return sizes.map((tokens, index) => {
    const messages: Message[] =
      tokens === null ? stated : [...stated, { role: 'user', content: promptText(tokens, seed + index) }];
    const inputTokens =
      images.length > 0 || tools.length > 0 ? null : promptTokensOf(messages.map(({ content }) => content));
    const body = requestBody({ model, messages, images, maxTokens, tools, toolChoice, stream: request.stream }, client);
    bytes += body.length;
    if (bytes > MAX_CLASS_BYTES) throw tooLarge(name);
    return { body, asked: { model, maxTokens, call, inputTokens } };
  });
}

function promptSizes(promptTokens: number | string, seed: number): number[] {
  const model = countModel(promptTokens);
  if (model.kind === 'constant') return [model.count];
  return Array.from({ length: DRAWN_PROMPTS }, newCountSource(model, newRandom(seed)));
}

function replayedRequests(
  scenario: Scenario,
  spec: RequestSpec,
  { replayed, seed }: Pick<RequestSources, 'replayed' | 'seed'>,
): BuiltRequest[] {
  const { stream, maxTokens, replay = '' } = scenario.request;
  const how = { dialect: dialectsOf(scenario).client, stream, maxTokens, seed };
  const built = replayed.map((each, index) => replayedRequest(each, index, spec, how));
  if (built.reduce((sum, { body }) => sum + body.length, 0) > MAX_CLASS_BYTES) throw tooLarge(replay);
  return built;
}

function tooLarge(what: string): ExpectedError {
  return new ExpectedError(
    `the requests of ${what} have more than ${MAX_CLASS_BYTES / 2 ** 20} MiB, and each load worker keeps them in memory`,
    'make the prompts smaller, or the file shorter',
  );
}

function nonEmpty<T>([first, ...rest]: T[], what: string): [T, ...T[]] {
  if (first === undefined) throw new ExpectedError(`${what} has no requests`, 'put some into its file');
  return [first, ...rest];
}
