import type { Answer, Choice, ToolCall } from '../answers/answer.js';
import { type JsonObject, sse } from './endpoint.js';
import { outputItems, textPart } from './responses-items.js';

/**
 * The events of a response (https://platform.openai.com/docs/api-reference/responses-streaming):
 *
 *     response.created, response.in_progress
 *       response.output_item.added, response.content_part.added
 *         response.output_text.delta …, response.output_text.done
 *       response.content_part.done, response.output_item.done
 *     response.completed
 */
export function* responsesFrames(answer: Answer, started: JsonObject, finished: JsonObject): Generator<string, string> {
  let sequenceNumber = 0;
  const event = (type: string, fields: JsonObject): string =>
    sse({ type, sequence_number: sequenceNumber++, ...fields }, type);

  let opening = event('response.created', { response: started }) + event('response.in_progress', { response: started });
  for (const choice of answer.choices) {
    const frames = choice.kind === 'text' ? textEvents(answer, choice, event) : callEvents(answer, choice, event);
    for (const frame of frames) {
      yield opening + frame;
      opening = '';
    }
  }
  const last = finished.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
  return opening + event(last, { response: finished });
}

type EventWriter = (type: string, fields: JsonObject) => string;

function* textEvents(answer: Answer, choice: Choice & { kind: 'text' }, event: EventWriter): Generator<string> {
  const at = { item_id: `msg_${answer.id}`, output_index: 0, content_index: 0 };
  const [item] = outputItems(answer, choice, 'in_progress');
  let opening =
    event('response.output_item.added', { output_index: 0, item: { ...item, content: [] } }) +
    event('response.content_part.added', { ...at, part: textPart('') });
  for (const [index, delta] of choice.tokens.entries()) {
    const frame = opening + event('response.output_text.delta', { ...at, delta, logprobs: [] });
    opening = '';
    yield index < choice.tokens.length - 1 ? frame : frame + textEnd(answer, choice, at, event);
  }
}

/** Goes with the last token: an answer without a token has no message. */
function textEnd(answer: Answer, choice: Choice & { kind: 'text' }, at: JsonObject, event: EventWriter): string {
  const text = choice.tokens.join('');
  const [item] = outputItems(answer, choice, choice.finish === 'length' ? 'incomplete' : 'completed');
  return (
    event('response.output_text.done', { ...at, text, logprobs: [] }) +
    event('response.content_part.done', { ...at, part: textPart(text) }) +
    event('response.output_item.done', { output_index: 0, item })
  );
}

function* callEvents(answer: Answer, choice: Choice & { kind: 'calls' }, event: EventWriter): Generator<string> {
  const done = outputItems(answer, choice, choice.finish === 'length' ? 'incomplete' : 'completed');
  const added = outputItems(answer, choice, 'in_progress');
  for (const [index, call] of choice.calls.entries()) {
    const at = { item_id: `fc_${call.id}`, output_index: index };
    let opening = event('response.output_item.added', {
      output_index: index,
      item: { ...added[index], arguments: '' },
    });
    for (const [piece, delta] of call.pieces.entries()) {
      const frame = opening + event('response.function_call_arguments.delta', { ...at, delta });
      opening = '';
      yield piece < call.pieces.length - 1 ? frame : frame + callEnd(call, at, done[index] ?? {}, event);
    }
  }
}

function callEnd(call: ToolCall, at: { output_index: number }, item: JsonObject, event: EventWriter): string {
  return (
    event('response.function_call_arguments.done', { ...at, name: call.name, arguments: call.pieces.join('') }) +
    event('response.output_item.done', { output_index: at.output_index, item })
  );
}
