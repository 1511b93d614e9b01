/**
 * Responses as they go over the wire, head and body in one string of bytes: each character is one byte, so that a write
 * needs no encoding. Text that is not ASCII must have gone through {@link bytesOf}.
 */
export type WireText = string;

const REASONS = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  529: 'Overloaded',
};
export type Status = keyof typeof REASONS;

export const CONTINUE: WireText = 'HTTP/1.1 100 Continue\r\n\r\n';

/** UTF-8, a character for each byte. */
export function bytesOf(text: string): WireText {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * @param fields each ends with CR LF
 * @param keepAlive said in both cases: HTTP/1.0 needs to be told the one, HTTP/1.1 the other
 */
export function responseHead(status: Status, fields: string, keepAlive: boolean): WireText {
  const connection = keepAlive ? 'keep-alive' : 'close';
  return `HTTP/1.1 ${status} ${REASONS[status]}\r\n${fields}Date: ${httpDate()}\r\nConnection: ${connection}\r\n\r\n`;
}

/** A response to anything but a chat completion. */
export interface PlainResponse {
  status: Status;
  /** JSON, or nothing where the status allows none. */
  body: string | null;
  /** Methods to name in an `Allow` header. */
  allow?: readonly string[];
  /** Of the body; JSON where it isn't said. */
  contentType?: string;
}

export function errorResponse(status: Status, message: string): PlainResponse {
  return { status, body: errorBody(message) };
}

/** @param headOnly the request was a HEAD: send the headers of the body without it */
export function renderResponse(response: PlainResponse, keepAlive: boolean, headOnly = false): WireText {
  const allow = response.allow ? `Allow: ${response.allow.join(', ')}\r\n` : '';
  if (response.body === null) return responseHead(response.status, allow, keepAlive);
  const body = bytesOf(response.body);
  const head = responseHead(
    response.status,
    `${allow}${bodyFields(response.contentType ?? JSON_TYPE, body.length)}`,
    keepAlive,
  );
  return headOnly ? head : head + body;
}

export const JSON_TYPE = 'application/json';

export function jsonFields(bodyBytes: number): string {
  return bodyFields(JSON_TYPE, bodyBytes);
}

export function bodyFields(contentType: string, bodyBytes: number): string {
  return `Content-Type: ${contentType}\r\nContent-Length: ${bodyBytes}\r\n`;
}

/** The headers of a stream of events. @param chunked the client knows chunks: HTTP/1.0 doesn't */
export function streamFields(contentType: string, chunked: boolean): string {
  const coding = chunked ? 'Transfer-Encoding: chunked\r\n' : '';
  return `Content-Type: ${contentType}\r\nCache-Control: no-cache\r\n${coding}`;
}

/** Of the body's bytes, as one chunk. */
export function chunkOf(bytes: WireText): WireText {
  return `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
}

export const LAST_CHUNK: WireText = '0\r\n\r\n';

let dateS = 0;
let dateText = '';

/** The time as HTTP writes it, made anew once a second. */
function httpDate(): string {
  const nowS = Math.floor(Date.now() / 1000);
  if (nowS !== dateS) {
    dateS = nowS;
    dateText = new Date(nowS * 1000).toUTCString();
  }
  return dateText;
}

/** An error in the shape of OpenAI's. */
export function errorBody(message: string): string {
  return JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } });
}
