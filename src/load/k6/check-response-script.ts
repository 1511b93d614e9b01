/**
 * Part of every k6 script: `failureOf(answer)`, the class of a failure or null. The check of bodies is that of the
 * other engines, see answer-check.ts. It takes `STREAM` from the script.
 */
export const JUDGE_ANSWER = String.raw`const known = new Set();
let answers = 0;

function failureOf({ status, body, error, error_code }) {
  if (status === 200) return rightBody(body) ? null : 'bad_body';
  if (status >= 500) return 'http_5xx';
  if (status >= 400) return 'http_4xx';
  if (status >= 300) return 'http_3xx';
  if (status > 0) return 'bad_body';
  if (/too many open files|cannot assign requested address|no buffer space|cannot allocate/.test(error)) return 'local';
  if (error_code === 1050 || error_code === 1211) return 'timeout';
  if (error_code >= 1210 && error_code <= 1213) return 'refused';
  return /EOF/.test(error) ? 'closed' : 'reset';
}

function rightBody(body) {
  answers += 1;
  if (typeof body !== 'string') return false;
  if (known.has(body.length) && answers % 64 !== 0 && looksRight(body)) return true;
  if (!isRight(body)) return false;
  if (known.size < 64) known.add(body.length);
  return true;
}

function looksRight(body) {
  return STREAM
    ? body.startsWith('data:') && body.trimEnd().endsWith('[DONE]') && body.includes('"choices"')
    : body.startsWith('{') && body.trimEnd().endsWith('}') && body.includes('"choices"');
}

function isRight(body) {
  try {
    return STREAM ? isChatStream(body) : isChatCompletion(JSON.parse(body));
  } catch (_) {
    return false;
  }
}

function isChatCompletion(value) {
  const message = value.choices[0].message;
  return value.object === 'chat.completion' && (typeof message.content === 'string' || Array.isArray(message.tool_calls));
}

function isChatStream(body) {
  const data = body.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
  if (data.pop() !== '[DONE]' || data.length === 0) return false;
  return data.every((text) => Array.isArray(JSON.parse(text).choices));
}`;
