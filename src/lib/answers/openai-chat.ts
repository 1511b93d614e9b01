import { type JsonObject, objectOf, objectsOf, parseJson } from '../json-value.js';
import { eventData } from '../server-sent-events.js';
import {
  checkCall,
  checkFrameCount,
  checkModel,
  checkText,
  checkUsage,
  type Ending,
  type ExpectedAnswer,
} from './expected.js';
import { type AnswerFindings, Findings, wholeObject } from './findings.js';

const REASONS: Record<Ending, string> = { stop: 'stop', length: 'length', call: 'tool_calls' };
const USAGE = { input: 'prompt_tokens', output: 'completion_tokens', total: 'total_tokens' };

/**
 * Check an answer of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat/object), whole or as
 * a stream, in every field that it has.
 */
export function chatFindings(body: string, expected: ExpectedAnswer): AnswerFindings {
  const findings = new Findings();
  if (expected.stream) checkStream(findings, body, expected);
  else {
    const completion = wholeObject(findings, body);
    if (completion !== null) checkCompletion(findings, completion, expected);
  }
  return findings;
}

function checkCompletion(findings: Findings, completion: JsonObject, expected: ExpectedAnswer): void {
  const { told, objectOptional = false } = expected;
  const { object } = completion;
  const isNamed = object === 'chat.completion' || (objectOptional && object === undefined);
  findings.require('object', object, isNamed, '"chat.completion"');
  checkEnvelope(findings, completion, expected);
  const choice = objectOf(objectsOf(completion.choices)[0]);
  const { role, content, tool_calls: calls } = objectOf(choice.message);
  findings.expect('choices[0].index', choice.index, choice.index === 0, '0');
  findings.expect('choices[0].message.role', role, role === 'assistant', '"assistant"');
  if (expected.call === undefined) {
    checkText(findings, 'choices[0].message.content', typeof content === 'string' ? content : '', expected);
  } else {
    const call = objectOf(objectsOf(calls)[0]);
    const called = objectOf(call.function);
    checkCall(findings, 'choices[0].message.tool_calls[0]', called.name, called.arguments, expected.call);
    const isId = typeof call.id === 'string' && call.id !== '';
    findings.require('choices[0].message.tool_calls[0].id', call.id, isId, 'an id');
    findings.expect('choices[0].message.tool_calls[0].type', call.type, call.type === 'function', '"function"');
  }
  checkEnd(findings, choice.finish_reason, expected);
  if (told) checkUsage(findings, objectOf(completion.usage), told, USAGE);
}

function checkEnvelope(findings: Findings, answer: JsonObject, { told }: ExpectedAnswer): void {
  findings.expect('id', answer.id, typeof answer.id === 'string' && answer.id !== '', 'an id');
  const { created } = answer;
  findings.expect('created', created, typeof created === 'number' && created > 0, 'a time');
  if (told) checkModel(findings, 'model', answer.model, told);
}

function checkEnd(findings: Findings, reason: unknown, { told }: ExpectedAnswer): void {
  if (!told?.ending) return;
  const wanted = REASONS[told.ending];
  findings.expect('choices[0].finish_reason', reason, reason === wanted, JSON.stringify(wanted));
}

function checkStream(findings: Findings, body: string, expected: ExpectedAnswer): void {
  const events = eventData(body);
  findings.require('last event', events.at(-1), events.at(-1)?.trim() === '[DONE]', '[DONE]');
  const chunks = events.filter((data) => data.trim() !== '[DONE]').map((data) => objectOf(parseJson(data)));
  checkEnvelope(findings, chunks[0] ?? {}, expected);
  const choices = chunks.flatMap((chunk) => objectsOf(chunk.choices).slice(0, 1));
  const deltas = choices.map((choice) => objectOf(choice.delta));
  for (const { object } of chunks) {
    findings.expect('object', object, object === 'chat.completion.chunk', '"chat.completion.chunk"');
  }
  const role = deltas.find((delta) => delta.role !== undefined)?.role;
  findings.expect('choices[0].delta.role', role, role === 'assistant', '"assistant" in the first delta');
  const texts = deltas.flatMap(({ content }) => (typeof content === 'string' && content !== '' ? [content] : []));
  if (expected.call === undefined) {
    checkText(findings, 'text of all deltas', texts.join(''), expected);
    checkFrameCount(findings, texts.length, expected);
  } else {
    const calls = deltas.flatMap((delta) => objectsOf(delta.tool_calls)).map((call) => objectOf(call.function));
    const name = calls.find((called) => typeof called.name === 'string' && called.name !== '')?.name;
    const args = calls.map((called) => String(called.arguments ?? '')).join('');
    checkCall(findings, 'choices[0].delta.tool_calls', name, args, expected.call);
  }
  const reasons = choices.map((choice) => choice.finish_reason).filter((reason) => typeof reason === 'string');
  findings.require('choices[0].finish_reason', reasons, reasons.length === 1, 'one');
  checkEnd(findings, reasons[0], expected);
}
