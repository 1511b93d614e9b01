import { z } from 'zod';
import { type CountModel, parseTokenCounts } from '../../common/token-counts.js';
import { Name } from './names.js';

/** The forms in which clients ask, and upstreams are asked: OpenAI's chat completions and responses, Anthropic's messages. */
export const Dialect = z.enum(['openai-chat', 'anthropic-messages', 'openai-responses']);
export type Dialect = z.infer<typeof Dialect>;
export const DEFAULT_DIALECT: Dialect = 'openai-chat';

export const Message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
export type Message = z.infer<typeof Message>;

/** Tokens: a number, or what each count is drawn from, in the syntax of the mock's `--output-tokens`. */
export const TokenCounts = z.union([
  z.number().int().min(1).max(1_000_000),
  z.string().superRefine((text, context) => {
    const parsed = parseTokenCounts(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.why });
  }),
]);
export type TokenCounts = z.infer<typeof TokenCounts>;

/** @param counts as a scenario has it, and so valid */
export function countModel(counts: TokenCounts): CountModel {
  const parsed = parseTokenCounts(String(counts));
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.model;
}

/** The most that is ever drawn; infinite where any number can be. */
export function mostTokens(model: CountModel): number {
  switch (model.kind) {
    case 'constant':
      return model.count;
    case 'uniform':
      return model.most;
    case 'bimodal':
      return Math.max(model.first, model.second);
    case 'normal':
    case 'lognormal':
      return Number.POSITIVE_INFINITY;
    default:
      return model satisfies never;
  }
}

/** A function that the model may call. */
export const ToolSpec = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'up to 64 letters, digits, "_" and "-"'),
  description: z.string().default(''),
  /** JSON Schema of its arguments: an object. */
  parameters: z.record(z.string(), z.unknown()).default({ type: 'object', properties: {} }),
});
export type ToolSpec = z.infer<typeof ToolSpec>;

/** A picture in the last message, as a data URI. */
const ImageSpec = z.strictObject({
  /** Of the PNG; base64 makes a third more of it. */
  sizeKib: z.number().min(1).max(4096),
});

/** What a request holds besides its messages. */
const payload = {
  /** A generated text of so many tokens as the last message, four characters to a token; of a distribution, several prompts are drawn. */
  promptTokens: TokenCounts.optional(),
  maxTokens: z.number().int().positive().optional(),
  tools: z.array(ToolSpec).min(1).max(128).optional(),
  /** Whether one of the tools is called: the upstream calls the first one unless it is `none`. */
  toolChoice: z.enum(['auto', 'required', 'none']).optional(),
  images: z.array(ImageSpec).min(1).max(16).optional(),
};

/** One kind of request of several; what it doesn't say is as in `request`. */
export const RequestClass = z.strictObject({
  name: Name,
  /** Its share is this of the sum of all weights. */
  weight: z.number().positive().max(1_000_000).default(1),
  messages: z.array(Message).min(1).optional(),
  ...payload,
});
export type RequestClass = z.infer<typeof RequestClass>;

/** Whose key requests carry: the gateway's own, a wrong one, or so many in turn. */
const Keys = z.string().regex(/^(valid|invalid|many\([1-9]\d{0,5}\))$/, 'valid, invalid or many(10000)');

/** What is asked. */
export const RequestPlan = z
  .strictObject({
    stream: z.boolean().default(false),
    messages: z.array(Message).default([]),
    ...payload,
    /** The form in which the client asks. */
    dialect: Dialect.optional(),
    /** Several kinds of request instead of one, each with its own percentiles. */
    classes: z.array(RequestClass).min(1).max(20).optional(),
    /** A JSONL file of requests that are sent in its order, over and over: its path, relative to the scenario's file. */
    replay: z.string().min(1).optional(),
    keys: Keys.optional(),
  })
  .superRefine((request, context) => {
    const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { classes = [], replay, messages, promptTokens } = request;
    if (replay !== undefined) {
      const also = (['classes', 'promptTokens', 'tools', 'images'] as const).filter(
        (key) => request[key] !== undefined,
      );
      if (messages.length > 0) refuse(['messages'], 'the file of replay has the messages: leave this out');
      for (const key of also) refuse([key], `the file of replay says what is asked: leave this out`);
      return;
    }
    if (classes.length === 0 && messages.length === 0 && promptTokens === undefined) {
      refuse(['messages'], 'say what is asked: messages, promptTokens, classes or replay');
    }
    for (const [at, { name, ...own }] of classes.entries()) {
      if (classes.findIndex((other) => other.name === name) < at) refuse(['classes', at, 'name'], 'each name once');
      const asks = (own.messages ?? messages).length > 0 || (own.promptTokens ?? promptTokens) !== undefined;
      if (!asks) refuse(['classes', at], 'say what is asked: messages or promptTokens, here or in request');
    }
  });
export type RequestPlan = z.infer<typeof RequestPlan>;
