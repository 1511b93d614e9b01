import type { ApiError } from '../api/api-error.js';
import type { Status } from '../responses.js';
import type { ErrorForm } from './endpoint.js';

/** The body of an error, as JSON. */
export function errorJson(form: ErrorForm, error: ApiError, requestId: string): string {
  switch (form) {
    case 'openai':
      return JSON.stringify(openAiError(error));
    case 'anthropic':
      return JSON.stringify(anthropicError(error, requestId));
    case 'gemini':
      return JSON.stringify(geminiError(error));
  }
}

function openAiError({ status, message, details }: ApiError): unknown {
  const type = OPENAI_TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  const code = details.code ?? OPENAI_CODES[status] ?? null;
  return { error: { message, type, param: details.param ?? null, code } };
}

const OPENAI_TYPES: Partial<Record<Status, string>> = { 429: 'requests' };
const OPENAI_CODES: Partial<Record<Status, string>> = {
  401: 'invalid_api_key',
  429: 'rate_limit_exceeded',
};

/** https://docs.claude.com/en/api/errors */
function anthropicError({ status, message }: ApiError, requestId: string): unknown {
  const type = ANTHROPIC_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message }, request_id: requestId };
}

const ANTHROPIC_TYPES: Partial<Record<Status, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function geminiError({ status, message }: ApiError): unknown {
  const word = GEMINI_WORDS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  return { error: { code: status, message, status: word } };
}

/** https://cloud.google.com/apis/design/errors#handling_errors */
const GEMINI_WORDS: Partial<Record<Status, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
