import { ApiError } from '../api/api-error.js';
import type { Endpoint, JsonObject } from './endpoint.js';

function modelInfo(id: string, createdS: number): JsonObject {
  return { type: 'model', id, display_name: id, created_at: new Date(createdS * 1000).toISOString() };
}

/** `GET /v1/models` of Anthropic's clients, which send an `anthropic-version`. */
export const ANTHROPIC_MODELS: Endpoint = {
  name: 'models',
  form: 'anthropic',
  method: 'GET',
  inference: false,
  respond: ({ models, createdS }) => ({
    kind: 'json',
    body: {
      data: models.map((id) => modelInfo(id, createdS)),
      has_more: false,
      first_id: models[0] ?? null,
      last_id: models.at(-1) ?? null,
    },
    promptTokens: 0,
  }),
};

/** `GET /v1/models/{id}` of Anthropic's clients. */
export const ANTHROPIC_MODEL: Endpoint = {
  name: 'model',
  form: 'anthropic',
  method: 'GET',
  inference: false,
  respond({ model, models, createdS }) {
    if (model === null || !models.includes(model)) throw new ApiError(404, `model: ${model ?? ''}`);
    return { kind: 'json', body: modelInfo(model, createdS), promptTokens: 0 };
  },
};
