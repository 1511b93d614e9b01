import { newPublishedChat } from '../dialects/published-chat.js';
import type { Exchange, ExchangeOpener, ResponseSink } from '../exchange.js';
import type { RequestHead } from '../request-head.js';
import type { ApiContext } from './api-context.js';
import { ApiError } from './api-error.js';
import { ApiExchange, type Opened } from './api-exchange.js';
import { errorReply } from './prepare.js';
import { findRoute, type Route } from './route-table.js';

const CHAT_PATH = '/v1/chat/completions';
/** What the mock says of itself, in any contract. */
const OWN_PATHS = ['/health', '/metrics', '/__stats', '/__stats/reset'];
const PREFLIGHT_FIELDS = 'Access-Control-Allow-Methods: GET, HEAD, POST, OPTIONS\r\nAccess-Control-Max-Age: 86400\r\n';

/** Serves the APIs. It is there only where something was asked for beyond the published contract. */
export class ApiServer implements ExchangeOpener {
  readonly #publishedChat: Route;

  constructor(private readonly context: ApiContext) {
    this.#publishedChat = { endpoint: newPublishedChat(context.answers.hex), model: null };
  }

  open(head: RequestHead, sink: ResponseSink): Exchange | null {
    const opened = this.context.api.contract === 'full' ? this.#openFull(head) : this.#openPublished(head);
    return opened && new ApiExchange(opened, sink, this.context);
  }

  #openPublished(head: RequestHead): Opened | null {
    if (head.method !== 'POST' || head.path !== CHAT_PATH) return null;
    const target = { kind: 'route', route: this.#publishedChat } as const;
    return { head, target, form: 'openai', requestId: '', commonFields: '' };
  }

  #openFull(head: RequestHead): Opened | null {
    if (OWN_PATHS.includes(head.path)) return null;
    const headers = head.fields?.headers;
    const isAnthropic = headers?.has('anthropic-version') === true;
    const routing = findRoute(head.method, head.path, isAnthropic);
    const form = routing.kind === 'route' ? routing.route.endpoint.form : routing.form;
    const requestId = `req_${this.context.answers.hex(24)}`;
    const commonFields = this.#commonFields(head, requestId, form === 'anthropic');
    const opened = { head, form, requestId, commonFields };
    if (routing.kind === 'route') return { ...opened, target: routing };
    if (head.method === 'OPTIONS' && this.context.api.cors !== null) {
      const wanted = headers?.get('access-control-request-headers') ?? '*';
      const fields = `${PREFLIGHT_FIELDS}Access-Control-Allow-Headers: ${wanted}\r\n${commonFields}`;
      return { ...opened, target: { kind: 'reply', reply: { kind: 'whole', status: 204, body: null, fields } } };
    }
    const error =
      routing.kind === 'unknown'
        ? new ApiError(404, `Invalid URL (${head.method} ${head.path}): there is nothing here.`)
        : new ApiError(405, `${head.path} takes ${routing.allow} only.`, { fields: `Allow: ${routing.allow}\r\n` });
    return { ...opened, target: { kind: 'reply', reply: errorReply(error, form, requestId, commonFields) } };
  }

  #commonFields(head: RequestHead, requestId: string, isAnthropic: boolean): string {
    const { cors } = this.context.api;
    const ids = `x-request-id: ${requestId}\r\n${isAnthropic ? `request-id: ${requestId}\r\n` : ''}`;
    if (cors === null || !head.fields?.headers.has('origin')) return ids;
    const vary = cors === '*' ? '' : 'Vary: Origin\r\n';
    return `${ids}Access-Control-Allow-Origin: ${cors}\r\nAccess-Control-Expose-Headers: *\r\n${vary}`;
  }
}
