import { countTokens } from '../../common/tokens.js';
import { ApiError } from '../api/api-error.js';
import { asObject, asObjects, type Endpoint, type JsonObject } from './endpoint.js';
import { vectorOf } from './openai-embeddings.js';

function modelInfo(id: string): JsonObject {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent'],
  };
}

/** `GET /v1beta/models` */
export const GEMINI_MODELS: Endpoint = {
  name: 'models',
  form: 'gemini',
  method: 'GET',
  inference: false,
  respond: ({ models }) => ({ kind: 'json', body: { models: models.map(modelInfo) }, promptTokens: 0 }),
};

/** `GET /v1beta/models/{id}` */
export const GEMINI_MODEL: Endpoint = {
  name: 'model',
  form: 'gemini',
  method: 'GET',
  inference: false,
  respond({ model, models }) {
    if (model === null || !models.includes(model)) throw new ApiError(404, `models/${model ?? ''} is not found`);
    return { kind: 'json', body: modelInfo(model), promptTokens: 0 };
  },
};

/** Gemini's own. */
const DEFAULT_DIMENSIONS = 3072;

/** `POST /v1beta/models/{model}:embedContent` */
export const EMBED_CONTENT: Endpoint = {
  name: 'embedContent',
  form: 'gemini',
  method: 'POST',
  inference: true,
  respond({ body }) {
    const { embedding, promptTokens } = embed(body);
    return { kind: 'json', body: { embedding }, promptTokens };
  },
};

/** `POST /v1beta/models/{model}:batchEmbedContents` */
export const BATCH_EMBED_CONTENTS: Endpoint = {
  name: 'batchEmbedContents',
  form: 'gemini',
  method: 'POST',
  inference: true,
  respond({ body }) {
    const all = asObjects(body.requests).map(embed);
    const promptTokens = all.reduce((sum, one) => sum + one.promptTokens, 0);
    return { kind: 'json', body: { embeddings: all.map(({ embedding }) => embedding) }, promptTokens };
  },
};

function embed(request: JsonObject): { embedding: JsonObject; promptTokens: number } {
  const parts = asObjects(asObject(request.content)?.parts);
  const text = parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join('\n');
  const wanted = request.outputDimensionality;
  const dimensions =
    typeof wanted === 'number' && wanted >= 1 && wanted <= DEFAULT_DIMENSIONS ? wanted : DEFAULT_DIMENSIONS;
  return { embedding: { values: [...vectorOf(text, Math.floor(dimensions))] }, promptTokens: countTokens(text) };
}
