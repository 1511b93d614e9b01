import type { Dialect, Message, ToolSpec } from '../../model/request.js';

/** What is asked, in no dialect. */
export interface Ask {
  model: string;
  messages: readonly Message[];
  /** Data URIs, in the last message. */
  images: readonly string[];
  maxTokens: number | undefined;
  tools: readonly ToolSpec[];
  toolChoice: 'auto' | 'required' | 'none' | undefined;
  stream: boolean;
}

/** Anthropic's API takes no request without it; far above what the mock writes by default. */
export const ANTHROPIC_MAX_TOKENS = 4096;

/** The JSON body of a request. */
export function requestBody(ask: Ask, dialect: Dialect): string {
  switch (dialect) {
    case 'openai-chat':
      return JSON.stringify(chatBody(ask));
    case 'anthropic-messages':
      return JSON.stringify(messagesBody(ask));
    case 'openai-responses':
      return JSON.stringify(responsesBody(ask));
    default:
      return dialect satisfies never;
  }
}

/** https://platform.openai.com/docs/api-reference/chat/create */
function chatBody({ model, messages, images, maxTokens, tools, toolChoice, stream }: Ask) {
  return {
    model,
    messages: withImages(
      messages,
      images,
      (text) => ({ type: 'text', text }),
      (url) => ({
        type: 'image_url',
        image_url: { url },
      }),
    ),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(stream ? { stream: true } : {}),
  };
}

const ANTHROPIC_CHOICES = { auto: 'auto', required: 'any', none: 'none' };

/** https://docs.claude.com/en/api/messages */
function messagesBody({ model, messages, images, maxTokens, tools, toolChoice, stream }: Ask) {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const spoken = messages.filter(({ role }) => role !== 'system');
  return {
    model,
    max_tokens: maxTokens ?? ANTHROPIC_MAX_TOKENS,
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    messages: withImages(
      spoken,
      images,
      (text) => ({ type: 'text', text }),
      (url) => ({
        type: 'image',
        source: { type: 'base64', media_type: 'image/png', data: url.slice(url.indexOf(',') + 1) },
      }),
    ),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
        }),
    ...(toolChoice === undefined ? {} : { tool_choice: { type: ANTHROPIC_CHOICES[toolChoice] } }),
    ...(stream ? { stream: true } : {}),
  };
}

/** https://platform.openai.com/docs/api-reference/responses/create */
function responsesBody({ model, messages, images, maxTokens, tools, toolChoice, stream }: Ask) {
  return {
    model,
    input: withImages(
      messages,
      images,
      (text) => ({ type: 'input_text', text }),
      (url) => ({
        type: 'input_image',
        image_url: url,
        detail: 'auto',
      }),
    ),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function', ...tool, strict: false })) }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(stream ? { stream: true } : {}),
  };
}

/** Without images a message's content is its text alone, as most clients send it. */
function withImages(
  messages: readonly Message[],
  images: readonly string[],
  textPart: (text: string) => object,
  imagePart: (url: string) => object,
): { role: string; content: string | object[] }[] {
  return messages.map(({ role, content }, index) => {
    if (images.length === 0 || index < messages.length - 1) return { role, content };
    return { role, content: [textPart(content), ...images.map(imagePart)] };
  });
}
