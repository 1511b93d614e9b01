import { createHash } from 'node:crypto';
import { newRandom } from '../../common/random.js';
import { ApiError } from '../api/api-error.js';
import { type Endpoint, modelOf, wholeNumber } from './endpoint.js';
import { readPrompts } from './openai-completions.js';

const DEFAULT_DIMENSIONS = 1536;
const MAX_DIMENSIONS = 16_384;

/** `POST /v1/embeddings` */
export const EMBEDDINGS: Endpoint = {
  name: 'embeddings',
  form: 'openai',
  method: 'POST',
  inference: true,
  respond(request) {
    const { body } = request;
    const inputs = readPrompts(body.input, 'input');
    const dimensions = wholeNumber(body, 'dimensions', 1, MAX_DIMENSIONS) ?? DEFAULT_DIMENSIONS;
    const format = body.encoding_format ?? 'float';
    if (format !== 'float' && format !== 'base64') {
      throw new ApiError(400, 'encoding_format is float or base64', { param: 'encoding_format' });
    }
    const promptTokens = inputs.reduce((sum, { tokens }) => sum + tokens, 0);
    const data = inputs.map(({ text }, index) => {
      const vector = vectorOf(text, dimensions);
      const embedding = format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    });
    const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
    return { kind: 'json', body: { object: 'list', data, model: modelOf(request), usage }, promptTokens };
  },
};

/** A vector of length 1. The same text gives the same one; others are as good as orthogonal to it. */
export function vectorOf(text: string, dimensions: number): Float32Array<ArrayBuffer> {
  const random = newRandom(createHash('sha256').update(text).digest().readUInt32LE());
  const values = Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}
