import { type JsonObject, objectOf, objectsOf } from '../json-value.js';
import { parsedEvents } from './events.js';
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

const REASONS: Record<Ending, string> = { stop: 'end_turn', length: 'max_tokens', call: 'tool_use' };
const ALL_REASONS = ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'];
const USAGE = { input: 'input_tokens', output: 'output_tokens' };

/**
 * Check an answer of Anthropic's Messages API (https://docs.claude.com/en/api/messages), whole or as a stream
 * (https://docs.claude.com/en/docs/build-with-claude/streaming).
 */
export function messagesFindings(body: string, expected: ExpectedAnswer): AnswerFindings {
  return expected.stream ? streamFindings(body, expected) : messageFindings(body, expected);
}

function messageFindings(body: string, expected: ExpectedAnswer): AnswerFindings {
  const findings = new Findings();
  const answer = wholeObject(findings, body);
  if (answer === null) return findings;
  checkEnvelope(findings, '', answer, expected);
  const blocks = objectsOf(answer.content);
  if (!findings.require('content', answer.content, Array.isArray(answer.content), 'a list')) return findings;
  const texts = blocks.filter(({ type }) => type === 'text').map(({ text }) => String(text ?? ''));
  if (expected.call === undefined) checkText(findings, 'content[].text', texts.join(''), expected);
  else {
    const use = objectOf(blocks.find(({ type }) => type === 'tool_use'));
    checkCall(findings, 'content[].tool_use', use.name, use.input, expected.call);
    findings.expect('content[].tool_use.id', use.id, isId(use.id), 'an id');
  }
  checkEnd(findings, '', answer, expected);
  if (expected.told) checkUsage(findings, objectOf(answer.usage), expected.told, USAGE);
  return findings;
}

/** What is known when an answer begins. @param at where: `` or `message_start.message.` */
function checkEnvelope(findings: Findings, at: string, answer: JsonObject, { told }: ExpectedAnswer): void {
  findings.require(`${at}type`, answer.type, answer.type === 'message', '"message"');
  findings.require(`${at}role`, answer.role, answer.role === 'assistant', '"assistant"');
  findings.expect(`${at}id`, answer.id, isId(answer.id), 'an id');
  if (told) checkModel(findings, `${at}model`, answer.model, told);
}

function checkEnd(findings: Findings, at: string, answer: JsonObject, { told }: ExpectedAnswer): void {
  const { stop_reason: reason, stop_sequence: sequence } = answer;
  findings.require(
    `${at}stop_reason`,
    reason,
    typeof reason === 'string' && ALL_REASONS.includes(reason),
    'a reason of this API',
  );
  if (told?.ending) {
    const wanted = REASONS[told.ending];
    findings.expect(`${at}stop_reason`, reason, reason === wanted, JSON.stringify(wanted));
  }
  findings.expect(`${at}stop_sequence`, sequence, sequence === null, 'null');
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** What was gathered of a stream so far. */
interface StreamedMessage {
  open: number | null;
  openType: string;
  texts: string[];
  json: string;
  callName: unknown;
  delta: JsonObject | null;
  usage: JsonObject;
  stopped: boolean;
}

function streamFindings(body: string, expected: ExpectedAnswer): AnswerFindings {
  const findings = new Findings();
  const events = parsedEvents(body, findings, { named: true });
  const [start] = events;
  findings.require('first event', start?.data.type, start?.data.type === 'message_start', '"message_start"');
  const state: StreamedMessage = {
    open: null,
    openType: '',
    texts: [],
    json: '',
    callName: undefined,
    delta: null,
    usage: {},
    stopped: false,
  };
  for (const [index, { data }] of events.entries()) takeEvent(findings, state, data, index + 1, expected);
  findings.require('last event', events.at(-1)?.data.type, state.stopped, '"message_stop"');
  if (expected.call === undefined) checkText(findings, 'text of all deltas', state.texts.join(''), expected);
  else checkCall(findings, 'content_block.tool_use', state.callName, state.json, expected.call);
  if (findings.require('message_delta', state.delta ?? undefined, state.delta !== null, 'an event with stop_reason')) {
    checkEnd(findings, 'message_delta.delta.', state.delta ?? {}, expected);
  }
  if (expected.told) checkUsage(findings, state.usage, expected.told, USAGE);
  checkFrameCount(findings, state.texts.length, expected);
  return findings;
}

function takeEvent(
  findings: Findings,
  state: StreamedMessage,
  data: JsonObject,
  number: number,
  expected: ExpectedAnswer,
): void {
  const where = `event ${number} (${String(data.type)})`;
  if (state.stopped) findings.require(where, data.type, false, 'nothing after message_stop');
  switch (data.type) {
    case 'message_start': {
      const message = objectOf(data.message);
      findings.require(where, data.type, number === 1, 'once, as the first event');
      checkEnvelope(findings, 'message_start.message.', message, expected);
      state.usage = { ...state.usage, ...objectOf(message.usage) };
      return;
    }
    case 'content_block_start': {
      const block = objectOf(data.content_block);
      findings.require(where, state.open, state.open === null, 'no block open yet');
      state.open = typeof data.index === 'number' ? data.index : null;
      state.openType = String(block.type);
      if (block.type === 'tool_use') state.callName ??= block.name;
      if (block.type === 'text' && typeof block.text === 'string' && block.text !== '') state.texts.push(block.text);
      return;
    }
    case 'content_block_delta': {
      const delta = objectOf(data.delta);
      findings.require(`${where}.index`, data.index, data.index === state.open, 'that of an open block');
      const type = state.openType === 'tool_use' ? 'input_json_delta' : 'text_delta';
      findings.require(`${where}.delta.type`, delta.type, delta.type === type, JSON.stringify(type));
      if (typeof delta.text === 'string' && delta.text !== '') state.texts.push(delta.text);
      if (typeof delta.partial_json === 'string') state.json += delta.partial_json;
      return;
    }
    case 'content_block_stop':
      findings.require(`${where}.index`, data.index, data.index === state.open, 'that of an open block');
      state.open = null;
      return;
    case 'message_delta':
      findings.require(where, data.type, state.open === null, 'after all blocks have ended');
      state.delta = { ...state.delta, ...objectOf(data.delta) };
      state.usage = { ...state.usage, ...objectOf(data.usage) };
      return;
    case 'message_stop':
      state.stopped = true;
      return;
    case 'ping':
      return;
    default:
      findings.expect(where, data.type, false, 'an event of this API');
  }
}
