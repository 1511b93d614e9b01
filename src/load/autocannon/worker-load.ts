import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { Ledger, type LoadBounds, type WorkerSecond } from '../accounting.js';
import { answerCheck } from '../answer-check.js';
import type { LoadSpec } from '../engine.js';
import { classOfStatus, type Failure } from '../failure-class.js';
import type { WorkerOutcome } from '../merge.js';
import { monotonicUs } from '../monotonic-clock.js';
import { startDelayMs } from './start-spread.js';
import { VirtualUser } from './virtual-user.js';

/** autocannon's own clocks must never end a load or a request: 11 days is the most that a Node timer and they take. */
const NEVER_S = 1_000_000;

/** One worker's VUs and books, from the first request to the window's end. */
export class WorkerLoad {
  readonly #users: VirtualUser[] = [];
  readonly #ledger: Ledger;
  readonly #timers: NodeJS.Timeout[] = [];
  #utilisationAtOpen: EventLoopUtilization | null = null;
  #utilisation: number | null = null;

  /** @param onEnd called once, soon after the window's end or {@link stop} */
  constructor(
    private readonly spec: LoadSpec,
    private readonly vus: number,
    private readonly bounds: LoadBounds,
    onSecond: (second: WorkerSecond) => void,
    onEnd: (outcome: WorkerOutcome) => void,
  ) {
    this.#ledger = new Ledger(bounds, () => this.#users.flatMap((user) => user.writtenUs ?? []), {
      opened: () => {
        this.#utilisationAtOpen = performance.eventLoopUtilization();
      },
      closed: () => {
        if (this.#utilisationAtOpen !== null) {
          this.#utilisation = performance.eventLoopUtilization(this.#utilisationAtOpen).utilization;
        }
        // Not within whatever event closed the books.
        setImmediate(() => onEnd(this.#end()));
      },
      second: onSecond,
    });
  }

  /** Begin at the agreed moment. */
  begin(): void {
    this.#at(this.bounds.beginUs, () => this.#begin());
  }

  /** End at this moment, or now where it has passed. */
  stop(atUs: number): void {
    this.#at(atUs, () => this.#ledger.close(monotonicUs()));
  }

  #begin(): void {
    if (this.#ledger.closed) return;
    // The books move with every event; the timers are for a gateway so slow that nothing happens.
    this.#at(this.bounds.windowStartUs, () => this.#ledger.advance(monotonicUs()));
    this.#at(this.bounds.windowEndUs, () => this.#ledger.advance(monotonicUs()));
    this.#watchTimeouts();
    const check = answerCheck(this.spec.stream);
    const judge = (status: number, body: string): Failure | null => {
      const failureClass = classOfStatus(status) ?? (check(body) ? null : 'bad_body');
      return failureClass === null ? null : { class: failureClass, status, detail: body };
    };
    autocannon({
      url: this.spec.origin + this.spec.path,
      method: 'POST',
      headers: this.spec.headers,
      body: this.spec.body,
      connections: this.vus,
      duration: NEVER_S,
      timeout: NEVER_S,
      // Its own figures go nowhere.
      sampleInt: NEVER_S * 1000,
      excludeErrorStats: true,
      skipAggregateResult: true,
      setupClient: (client) => {
        const delayMs = startDelayMs(this.#users.length, this.vus, this.spec.warmupS);
        this.#users.push(new VirtualUser(client, this.#ledger, judge, delayMs));
      },
    });
  }

  /** A request is given up at most 2 % (and 50 ms) late; autocannon's own time-outs can't be shorter than a second. */
  #watchTimeouts(): void {
    const timeoutUs = this.spec.timeoutS * 1e6;
    const everyMs = Math.min(50, Math.max(5, timeoutUs / 1000 / 50));
    const watch = setInterval(() => {
      const nowUs = monotonicUs();
      this.#ledger.advance(nowUs);
      for (const user of this.#users) user.expire(nowUs, timeoutUs);
    }, everyMs);
    this.#timers.push(watch);
  }

  #end(): WorkerOutcome {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const user of this.#users) user.stop();
    return { ...this.#ledger.report(), eventLoopUtilisation: this.#utilisation };
  }

  /** A timer may fire a millisecond early: then it is set again. */
  #at(momentUs: number, action: () => void): void {
    const leftUs = momentUs - monotonicUs();
    if (leftUs <= 0) action();
    else this.#timers.push(setTimeout(() => this.#at(momentUs, action), Math.ceil(leftUs / 1000)));
  }
}
