import fc from 'fast-check';

const token = fc.string({ unit: fc.constantFrom(...'aZ09!#$%&*+-.^_`|~'), minLength: 1, maxLength: 12 });
const value = fc.string({ unit: fc.constantFrom(...'aZ0 \t",;:=\u00e9\u00ff'), maxLength: 30 });
const bodyText = fc.string({ unit: fc.constantFrom(...'a{}"\r\n0:\u00ff\u0000'), maxLength: 60 });

/** A request, and what is to be read in it. */
export interface Sample {
  text: string;
  method: string;
  path: string;
  keepAlive: boolean;
  body: string;
}

/** A body in chunks of any sizes, with extensions and trailers. */
const chunkedBody = fc
  .record({
    parts: fc.array(fc.string({ unit: fc.constantFrom(...'a\r\n0;\u00ff'), minLength: 1, maxLength: 40 }), {
      maxLength: 4,
    }),
    extension: fc.constantFrom('', ';a', ';a=1', ';a="x y";b', '; q = 1'),
    zeros: fc.constantFrom('', '0', '000'),
    trailers: fc.array(fc.tuple(token, value), { maxLength: 2 }),
  })
  .map(({ parts, extension, zeros, trailers }) => ({
    body: parts.join(''),
    fields: ['Transfer-Encoding: Chunked'],
    encoded: [
      ...parts.map((part) => `${zeros}${part.length.toString(16)}${extension}\r\n${part}\r\n`),
      `0${extension}\r\n`,
      ...trailers.map(([name, text]) => `${name}:${text}\r\n`),
      '\r\n',
    ].join(''),
  }));

const plainBody = bodyText.map((body) => ({ body, fields: [`content-length:  ${body.length}\t`], encoded: body }));
const noBody = fc.constant({ body: '', fields: [] as string[], encoded: '' });

/** Requests that are as odd as they may be. */
export const sample: fc.Arbitrary<Sample> = fc
  .record({
    method: token,
    path: fc.constantFrom('/', '/v1/chat/completions', '/x/%20/\u00e9', '*'),
    query: fc.constantFrom('', '?', '?a=b?c'),
    absolute: fc.boolean(),
    blank: fc.constantFrom('', '\r\n'),
    others: fc.array(
      fc.tuple(
        token.map((name) => `X-${name}`),
        value,
      ),
      { maxLength: 4 },
    ),
    connection: fc.constantFrom('', 'Connection: keep-alive', 'connection: Upgrade, TE', 'Keep-Alive: timeout=5'),
    payload: fc.oneof(plainBody, chunkedBody, noBody),
  })
  .map(({ method, path, query, absolute, blank, others, connection, payload }) => {
    const target = absolute && path !== '*' ? `http://host:80${path}${query}` : `${path}${query}`;
    const lines = [
      `${method} ${target} HTTP/1.1`,
      'hOST: mock',
      ...others.map(([name, text]) => `${name}:${text}`),
      ...(connection ? [connection] : []),
      ...payload.fields,
    ];
    return {
      text: `${blank}${lines.join('\r\n')}\r\n\r\n${payload.encoded}`,
      method,
      path,
      keepAlive: true,
      body: payload.body,
    };
  });
