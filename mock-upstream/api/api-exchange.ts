import { performance } from 'node:perf_hooks';
import type { Fault } from '../../common/fault.js';
import type { ErrorForm } from '../dialects/endpoint.js';
import { Exchange, type ResponseSink } from '../exchange.js';
import { type Delivery, spoil } from '../faults/spoil.js';
import type { Admitted } from '../limits/admission.js';
import type { RequestHead } from '../request-head.js';
import type { TimerEntry } from '../timer-queue.js';
import type { ApiContext } from './api-context.js';
import { ApiError } from './api-error.js';
import { errorReply, type Prepared, prepare } from './prepare.js';
import { type Ending, type Reply, renderWhole, StreamRenderer } from './reply.js';
import type { Route } from './route-table.js';

/** What the head of a request has settled. */
export interface Opened {
  head: RequestHead;
  /** Where it goes, or the reply that it gets at once. */
  target: { kind: 'route'; route: Route } | { kind: 'reply'; reply: Reply };
  form: ErrorForm;
  requestId: string;
  commonFields: string;
}

/** What is sent before a reset must be out, or the reset overtakes it. */
const BEFORE_RESET_MS = 20;

const NO_FIELDS = { query: '', headers: new Map<string, string>() };

/** One request to an API, until its response is sent or the client leaves. */
export class ApiExchange extends Exchange implements TimerEntry, Admitted {
  dueMs = 0;
  next: TimerEntry | null = null;
  cancelled = false;
  #arrivedMs = 0;
  #delayMs = 0;
  #prepared: Prepared | null = null;
  #delivery: Delivery | null = null;
  #admitted = false;
  #finished = false;
  #renderer: StreamRenderer | null = null;
  /** Of a stream: what comes next. One ahead, as nothing waits before the end. */
  #upcoming: IteratorResult<string, string> | null = null;

  constructor(
    private readonly opened: Opened,
    private readonly sink: ResponseSink,
    private readonly context: ApiContext,
  ) {
    super(opened.head.keepAlive, opened.head.method === 'HEAD');
    if (this.#isInference) context.stats.countRequest();
  }

  override onBody(bytes: Buffer, start: number, end: number, arrivedMs: number): boolean {
    const { target, head, requestId, commonFields } = this.opened;
    this.#arrivedMs = arrivedMs;
    if (target.kind === 'reply') {
      this.#deliver({ reply: target.reply, share: 'all', ending: 'complete' });
      return true;
    }
    const { route } = target;
    const body = bytes.toString('utf8', start, end);
    const fields = head.fields ?? NO_FIELDS;
    try {
      this.#prepared = prepare({ route, fields, body, requestId, commonFields, nowMs: arrivedMs }, this.context);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#refuse(error);
      return true;
    }
    if (!this.#isInference) this.release(arrivedMs);
    else this.#enter();
    return true;
  }

  onAdmitted(): void {
    this.#admitted = true;
    this.#wait(performance.now(), true);
  }

  release(nowMs: number): void {
    if (this.#renderer) {
      this.#sendFrames('');
      return;
    }
    const { stats, record } = this.context;
    if (this.#isInference) {
      stats.countRelease(nowMs - this.dueMs);
      record?.add(this.#arrivedMs, this.#delayMs, nowMs - this.#arrivedMs);
    }
    if (this.#prepared) this.#deliver(this.#spoiled(this.#prepared));
  }

  override abandon(): void {
    if (this.responded) return;
    this.responded = true;
    this.cancelled = true;
    if (this.#isInference) this.context.stats.countClientGone();
    this.#finish('client_gone');
  }

  get #isInference(): boolean {
    const { target } = this.opened;
    return target.kind === 'route' && target.route.endpoint.inference;
  }

  /** The published contract says what is wrong after the latency, as all else. */
  #refuse(error: ApiError): void {
    const reply = this.#errorReply(error);
    if (this.context.api.contract === 'full' || error.status !== 400) {
      this.#deliver({ reply, share: 'all', ending: 'complete' });
      return;
    }
    const { latency, gap } = this.context;
    this.#prepared = { reply, fault: null, delayMs: latency(), gap, model: '', promptTokens: 0, completionTokens: 0 };
    this.#enter();
  }

  #enter(): void {
    switch (this.context.admission.enter(this)) {
      case 'admitted':
        this.#admitted = true;
        this.#wait(this.#arrivedMs, false);
        return;
      case 'queued':
        return;
      case 'refused': {
        const status = this.opened.form === 'anthropic' ? 529 : 503;
        const error = new ApiError(status, 'Overloaded: too many requests wait already.', { retryAfterMs: 1000 });
        this.#deliver({ reply: this.#errorReply(error), share: 'all', ending: 'complete' });
      }
    }
  }

  /** @param later in no case at once: one that ends lets the next in, and that one the next */
  #wait(fromMs: number, later: boolean): void {
    const { schedule, queue } = this.context;
    const prepared = this.#prepared;
    if (!prepared) return;
    this.#delayMs = prepared.delayMs + (prepared.fault?.kind === 'slow' ? prepared.fault.delayMs : 0);
    if (this.#delayMs > 0 || later) {
      schedule.wait(queue, this, fromMs, this.#delayMs);
      return;
    }
    this.dueMs = fromMs;
    this.release(performance.now());
  }

  #spoiled({ reply, fault }: Prepared): Delivery {
    if (fault) this.context.metrics.countFault(fault.kind === 'error' ? String(fault.status) : fault.kind);
    if (!fault || fault.kind === 'slow') return spoil(reply, null);
    if (fault.kind === 'error') return spoil(this.#errorReply(injectedError(fault)), null);
    return spoil(reply, fault.kind);
  }

  #errorReply(error: ApiError): Reply {
    const { form, requestId, commonFields } = this.opened;
    return errorReply(error, form, requestId, commonFields);
  }

  #deliver(delivery: Delivery): void {
    this.#delivery = delivery;
    const { reply, share, ending } = delivery;
    if (share === 'none') {
      this.#endBadly(ending);
      return;
    }
    if (reply.kind === 'stream') {
      const { http10 } = this.opened.head;
      if (http10) this.keepAlive = false;
      this.#renderer = new StreamRenderer(!http10);
      this.#upcoming = reply.frames.next();
      this.#sendFrames(this.#renderer.head(reply, this.keepAlive));
      return;
    }
    const text = renderWhole(reply, this.keepAlive, this.headOnly, share);
    if (ending === 'complete') this.#complete(text);
    else {
      this.sink.send(this, text, false);
      this.#endBadly(ending);
    }
  }

  /** Each frame is a write of its own, and so goes out by itself. @param before goes with the first of them */
  #sendFrames(before: string): void {
    const [prepared, renderer, delivery] = [this.#prepared, this.#renderer, this.#delivery];
    if (!prepared || !renderer || delivery?.reply.kind !== 'stream') return;
    const { frames, pauseBeforeEnd } = delivery.reply;
    let opening = before;
    while (!this.cancelled) {
      const current = this.#upcoming ?? frames.next();
      if (current.done) {
        this.#endStream(opening, current.value, renderer, delivery.ending);
        return;
      }
      this.#upcoming = frames.next();
      this.sink.send(this, opening + renderer.part(current.value), false);
      opening = '';
      const pauseMs = this.#upcoming.done && !pauseBeforeEnd ? 0 : prepared.gap();
      if (pauseMs > 0) {
        this.context.schedule.wait(this.context.queue, this, performance.now(), pauseMs);
        return;
      }
    }
  }

  #endStream(opening: string, text: string, renderer: StreamRenderer, ending: Ending): void {
    if (ending === 'complete') {
      this.#complete(opening + renderer.end(text));
      return;
    }
    if (opening !== '') this.sink.send(this, opening, false);
    this.#endBadly(ending);
  }

  #complete(text: string): void {
    const reply = this.#delivery?.reply;
    const status = reply?.kind === 'whole' ? reply.status : 200;
    if (this.#isInference && status === 200) this.context.stats.countCompletion();
    this.sink.send(this, text, true);
    this.#finish(String(status));
  }

  #endBadly(ending: Ending): void {
    const { sink } = this;
    switch (ending) {
      case 'complete':
      case 'stall':
        return;
      case 'close':
        this.#finish('cut');
        sink.sever(this, 'close');
        return;
      case 'reset':
        this.#finish('reset');
        if (this.#delivery?.share === 'none') sink.sever(this, 'reset');
        else setTimeout(() => sink.sever(this, 'reset'), BEFORE_RESET_MS).unref();
        return;
      default:
        ending satisfies never;
    }
  }

  #finish(outcome: string): void {
    if (this.#finished) return;
    this.#finished = true;
    const { metrics, admission, api } = this.context;
    if (this.#admitted) admission.leave();
    const { head, target } = this.opened;
    const name = target.kind === 'route' ? target.route.endpoint.name : 'none';
    const durationMs = performance.now() - this.#arrivedMs;
    metrics.countRequest(name, outcome, durationMs);
    const { promptTokens = 0, completionTokens = 0, model = '' } = this.#prepared ?? {};
    if (outcome === '200') metrics.countTokens(promptTokens, completionTokens);
    if (!api.log) return;
    const tokens = model === '' ? '' : ` ${model} ${promptTokens}+${completionTokens} tokens`;
    process.stdout.write(`${head.method} ${head.path} ${outcome} ${durationMs.toFixed(1)} ms${tokens}\n`);
  }
}

function injectedError({ status, retryAfterMs }: Fault & { kind: 'error' }): ApiError {
  const message = `The mock was told to answer with an error: ${status}.`;
  return new ApiError(status, message, retryAfterMs === null ? {} : { retryAfterMs });
}
