import type { Answer, Choice } from '../answers/answer.js';
import type { JsonObject } from './endpoint.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** What a choice puts out: a message, or an item for each call. */
export function outputItems({ id }: Answer, choice: Choice, status: ItemStatus): JsonObject[] {
  if (choice.kind === 'text') {
    const content = [textPart(choice.tokens.join(''))];
    return [{ id: `msg_${id}`, type: 'message', status, role: 'assistant', content }];
  }
  return choice.calls.map((call) => ({
    id: `fc_${call.id}`,
    type: 'function_call',
    status,
    call_id: `call_${call.id}`,
    name: call.name,
    arguments: call.pieces.join(''),
  }));
}

export function textPart(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
