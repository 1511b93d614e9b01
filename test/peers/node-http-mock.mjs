// The mock's contract by the shortest way in Node, for the mock to be compared with: node:http and setTimeout, one process.
// Usage: node node-http-mock.mjs --port 9000 --latency 60ms
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '9000' }, latency: { type: 'string', default: '0s' } },
});
const latencyMs = milliseconds(values.latency);
const created = Math.floor(Date.now() / 1000);

const server = createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/health') {
    sendJson(response, 200, { status: 'ok' });
    return;
  }
  if (request.method === 'GET' && request.url === '/v1/models') {
    const model = { id: 'mock-gpt-4', object: 'model', created, owned_by: 'mock' };
    sendJson(response, 200, { object: 'list', data: [model] });
    return;
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    sendJson(response, 404, { error: { message: 'not found' } });
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8');
    if (latencyMs === 0) answer(response, text);
    else setTimeout(answer, latencyMs, response, text);
  });
});
// A connection lives as long as its user.
server.keepAliveTimeout = 0;
server.listen({ port: Number(values.port), host: '127.0.0.1', backlog: 16_384 });

function answer(response, text) {
  let chat;
  try {
    chat = JSON.parse(text);
  } catch {
    sendJson(response, 400, { error: { message: 'the body is not JSON' } });
    return;
  }
  const id = `chatcmpl-${Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;
  const model = chat.model ?? 'mock-gpt-4';
  if (chat.stream === true) {
    stream(response, id, model);
    return;
  }
  const message = { role: 'assistant', content: 'Mock response from a node:http upstream server...' };
  sendJson(response, 200, {
    id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
  });
}

function stream(response, id, model) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const chunk = (delta, finish_reason) =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  for (const content of ['Mock', ' streaming', ' response', ' from', ' node:http', ' server.']) {
    response.write(chunk({ content }, null));
  }
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function sendJson(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** `60ms`, `1.5s` or `0`. */
function milliseconds(text) {
  const match = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text);
  if (!match || (match[2] === undefined && match[1] !== '0')) {
    process.stderr.write(`--latency can't be "${text}": write 60ms or 1.5s\n`);
    process.exit(2);
  }
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}
