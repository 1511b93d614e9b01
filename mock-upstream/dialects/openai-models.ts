import { ApiError } from '../api/api-error.js';
import type { Endpoint, JsonObject } from './endpoint.js';

function modelObject(id: string, created: number): JsonObject {
  return { id, object: 'model', created, owned_by: 'mock' };
}

/** `GET /v1/models` */
export const MODELS: Endpoint = {
  name: 'models',
  form: 'openai',
  method: 'GET',
  inference: false,
  respond: ({ models, createdS }) => ({
    kind: 'json',
    body: { object: 'list', data: models.map((id) => modelObject(id, createdS)) },
    promptTokens: 0,
  }),
};

/** `GET /v1/models/{id}` */
export const MODEL: Endpoint = {
  name: 'model',
  form: 'openai',
  method: 'GET',
  inference: false,
  respond({ model, models, createdS }) {
    if (model === null || !models.includes(model)) throw noSuchModel(model ?? '');
    return { kind: 'json', body: modelObject(model, createdS), promptTokens: 0 };
  },
};

function noSuchModel(model: string): ApiError {
  return new ApiError(404, `The model '${model}' does not exist`, { param: 'model', code: 'model_not_found' });
}
