import { isObject, type JsonObject, objectOf, objectsOf, parseJson } from '../json-value.js';
import { parsedEvents } from './events.js';
import { checkCall, checkFrameCount, checkModel, checkText, checkUsage, type ExpectedAnswer } from './expected.js';
import { type AnswerFindings, Findings, wholeObject } from './findings.js';

const USAGE = { input: 'input_tokens', output: 'output_tokens', total: 'total_tokens' };
const LAST = ['response.completed', 'response.incomplete'];

/**
 * Check an answer of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses/object), whole or
 * as a stream (https://platform.openai.com/docs/api-reference/responses-streaming).
 */
export function responsesFindings(body: string, expected: ExpectedAnswer): AnswerFindings {
  const findings = new Findings();
  if (expected.stream) checkStream(findings, body, expected);
  else {
    const response = wholeObject(findings, body);
    if (response !== null) checkResponse(findings, '', response, expected);
  }
  return findings;
}

/** A finished response. @param at where it is: `` or `response.completed.` */
function checkResponse(findings: Findings, at: string, response: JsonObject, expected: ExpectedAnswer): void {
  const { told } = expected;
  findings.expect(`${at}object`, response.object, response.object === 'response', '"response"');
  findings.expect(`${at}id`, response.id, typeof response.id === 'string' && response.id !== '', 'an id');
  const { created_at: created } = response;
  findings.expect(`${at}created_at`, created, typeof created === 'number' && created > 0, 'a time');
  const { status } = response;
  findings.require(`${at}status`, status, status === 'completed' || status === 'incomplete', '"completed"');
  if (told?.ending) {
    const wanted = told.ending === 'length' ? 'incomplete' : 'completed';
    findings.expect(`${at}status`, status, status === wanted, JSON.stringify(wanted));
    if (wanted === 'incomplete') {
      const { reason } = objectOf(response.incomplete_details);
      findings.expect(`${at}incomplete_details.reason`, reason, reason === 'max_output_tokens', '"max_output_tokens"');
    }
  }
  checkOutput(findings, at, response, expected);
  if (told === undefined) return;
  checkModel(findings, `${at}model`, response.model, told);
  checkUsage(findings, objectOf(response.usage), told, USAGE);
}

function checkOutput(findings: Findings, at: string, response: JsonObject, expected: ExpectedAnswer): void {
  if (!findings.require(`${at}output`, response.output, Array.isArray(response.output), 'a list')) return;
  const items = objectsOf(response.output);
  if (expected.call !== undefined) {
    const item = objectOf(items.find(({ type }) => type === 'function_call'));
    checkCall(findings, `${at}output[].function_call`, item.name, item.arguments, expected.call);
    const { call_id: id } = item;
    findings.require(`${at}output[].call_id`, id, typeof id === 'string' && id !== '', 'an id');
    return;
  }
  const message = objectOf(items.find(({ type }) => type === 'message'));
  findings.require(`${at}output[].type`, message.type, message.type === 'message', '"message"');
  findings.require(`${at}output[].role`, message.role, message.role === 'assistant', '"assistant"');
  findings.expect(`${at}output[].id`, message.id, typeof message.id === 'string', 'an id');
  findings.expect(`${at}output[].status`, message.status, typeof message.status === 'string', 'a status');
  const texts = objectsOf(message.content).filter(({ type }) => type === 'output_text');
  for (const { annotations } of texts) {
    findings.expect(`${at}output[].content[].annotations`, annotations, Array.isArray(annotations), 'a list');
  }
  checkText(findings, `${at}output[].content[].text`, texts.map(({ text }) => String(text ?? '')).join(''), expected);
}

function checkStream(findings: Findings, body: string, expected: ExpectedAnswer): void {
  const events = parsedEvents(body, findings, { named: false });
  const types = events.map(({ data }) => String(data.type));
  findings.require('first event', types[0], types[0] === 'response.created', '"response.created"');
  const last = types.at(-1) ?? '';
  findings.require('last event', types.at(-1), LAST.includes(last), '"response.completed"');
  const numbers = events.map(({ data }) => data.sequence_number);
  const ascending = numbers.every((number, at) => typeof number === 'number' && number === Number(numbers[0]) + at);
  findings.expect('sequence_number', numbers, ascending, 'ascending by one with each event');
  for (const { name, data } of events) {
    findings.expect(`${String(data.type)}.event`, name ?? undefined, name === data.type, 'an event line with its type');
  }
  const call = expected.call !== undefined;
  const order = call
    ? ['response.output_item.added', 'response.function_call_arguments.delta', 'response.output_item.done']
    : [
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
      ];
  checkOrder(findings, types, order);
  const deltas = events.filter(
    ({ data }) =>
      data.type === (call ? 'response.function_call_arguments.delta' : 'response.output_text.delta') &&
      data.delta !== '',
  );
  const text = deltas.map(({ data }) => String(data.delta ?? '')).join('');
  if (call) checkCallDeltas(findings, text);
  else {
    checkText(findings, 'text of all deltas', text, expected);
    checkFrameCount(findings, deltas.length, expected);
  }
  const finished = objectOf(events.findLast(({ data }) => LAST.includes(String(data.type)))?.data.response);
  if (LAST.includes(last)) checkResponse(findings, `${last}.`, finished, expected);
}

function checkCallDeltas(findings: Findings, text: string): void {
  findings.require('arguments of all deltas', text, isObject(parseJson(text)), 'a JSON object');
}

/** Each of them comes, and for the first time after the one before. Without deltas a reader sees nothing until the end. */
function checkOrder(findings: Findings, types: readonly string[], order: readonly string[]): void {
  let before = 0;
  for (const type of order) {
    const at = types.indexOf(type);
    const isDelta = type.endsWith('.delta');
    if (isDelta) findings.require(type, at < 0 ? undefined : at, at >= 0, 'an event');
    else findings.expect(type, at < 0 ? undefined : at, at >= 0, 'an event');
    if (at < 0) continue;
    findings.expect(`place of ${type}`, at, at >= before, `behind event ${before}`);
    before = at;
  }
}
