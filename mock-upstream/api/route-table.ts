import { COUNT_TOKENS, MESSAGES } from '../dialects/anthropic-messages.js';
import { ANTHROPIC_MODEL, ANTHROPIC_MODELS } from '../dialects/anthropic-models.js';
import type { Endpoint, ErrorForm } from '../dialects/endpoint.js';
import { GEMINI_COUNT_TOKENS, GENERATE_CONTENT, STREAM_GENERATE_CONTENT } from '../dialects/gemini-generate.js';
import { BATCH_EMBED_CONTENTS, EMBED_CONTENT, GEMINI_MODEL, GEMINI_MODELS } from '../dialects/gemini-models.js';
import { CHAT } from '../dialects/openai-chat.js';
import { COMPLETIONS } from '../dialects/openai-completions.js';
import { EMBEDDINGS } from '../dialects/openai-embeddings.js';
import { MODEL, MODELS } from '../dialects/openai-models.js';
import { RESPONSES } from '../dialects/openai-responses.js';

/** Where a request goes. */
export interface Route {
  endpoint: Endpoint;
  /** The model that the path names. */
  model: string | null;
}

export type Routing =
  | { kind: 'route'; route: Route }
  | { kind: 'unknown'; form: ErrorForm }
  | { kind: 'wrong-method'; form: ErrorForm; allow: string };

const OPENAI_PATHS = new Map<string, Endpoint>([
  ['/chat/completions', CHAT],
  ['/completions', COMPLETIONS],
  ['/responses', RESPONSES],
  ['/embeddings', EMBEDDINGS],
  ['/models', MODELS],
]);

const ANTHROPIC_PATHS = new Map<string, Endpoint>([
  ['/messages', MESSAGES],
  ['/messages/count_tokens', COUNT_TOKENS],
]);

const GEMINI_CALLS = new Map<string, Endpoint>([
  ['generateContent', GENERATE_CONTENT],
  ['streamGenerateContent', STREAM_GENERATE_CONTENT],
  ['countTokens', GEMINI_COUNT_TOKENS],
  ['embedContent', EMBED_CONTENT],
  ['batchEmbedContents', BATCH_EMBED_CONTENTS],
]);

/** Gemini's `/v1beta/models/{model}:call`, also under `/v1`. */
const GEMINI = /^\/v1(?:beta|alpha)?\/models\/([^/:]+):([A-Za-z]+)$/;
const GEMINI_MODEL_LIST = /^\/v1(?:beta|alpha)\/models(?:\/(.+))?$/;
/** Azure's `/openai/deployments/{deployment}/call`, and its newer `/openai/v1/call`. */
const AZURE_DEPLOYMENT = /^\/openai\/deployments\/([^/]+)(\/.+)$/;
const AZURE = /^\/openai(?:\/v1)?(\/.+)$/;

/**
 * Find the endpoint of a request.
 * @param isAnthropic the client says which version of Anthropic's API it speaks: two paths have two meanings
 */
export function findRoute(method: string, path: string, isAnthropic: boolean): Routing {
  const found = lookUp(path, isAnthropic);
  if (!found) return { kind: 'unknown', form: formOf(path, isAnthropic) };
  const { method: allowed, form } = found.endpoint;
  if (method === allowed || (method === 'HEAD' && allowed === 'GET')) return { kind: 'route', route: found };
  return { kind: 'wrong-method', form, allow: allowed === 'GET' ? 'GET, HEAD' : allowed };
}

function lookUp(path: string, isAnthropic: boolean): Route | null {
  // Other models have colons in their names too, such as llama3:8b.
  const [, geminiModel, call = ''] = GEMINI.exec(path) ?? [];
  const geminiCall = GEMINI_CALLS.get(call);
  if (geminiCall) return route(geminiCall, decoded(geminiModel));
  const listed = GEMINI_MODEL_LIST.exec(path);
  if (listed) return listed[1] === undefined ? route(GEMINI_MODELS) : route(GEMINI_MODEL, decoded(listed[1]));
  const deployed = AZURE_DEPLOYMENT.exec(path);
  if (deployed) return openAi(deployed[2] ?? '', decoded(deployed[1]));
  const azure = AZURE.exec(path);
  if (azure) return openAi(azure[1] ?? '', null);
  if (!path.startsWith('/v1/')) return null;
  const rest = path.slice('/v1'.length);
  if (isAnthropic && rest === '/models') return route(ANTHROPIC_MODELS);
  if (isAnthropic && rest.startsWith('/models/')) return route(ANTHROPIC_MODEL, decoded(rest.slice('/models/'.length)));
  return route(ANTHROPIC_PATHS.get(rest)) ?? openAi(rest, null);
}

function openAi(rest: string, model: string | null): Route | null {
  if (rest.startsWith('/models/')) return route(MODEL, decoded(rest.slice('/models/'.length)));
  return route(OPENAI_PATHS.get(rest), model);
}

function route(endpoint: Endpoint | undefined, model: string | null = null): Route | null {
  return endpoint ? { endpoint, model } : null;
}

function formOf(path: string, isAnthropic: boolean): ErrorForm {
  if (isAnthropic) return 'anthropic';
  return /^\/v1(?:beta|alpha)\//.test(path) ? 'gemini' : 'openai';
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text ?? '';
  }
}
