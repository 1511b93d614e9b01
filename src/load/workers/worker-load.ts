import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { type LoadBounds, RequestAccounting } from '../accounting.js';
import type { ArrivalReport } from '../arrival-accounting.js';
import type { ScheduleShare } from '../arrival-schedule.js';
import { classesCounted } from '../class-accounting.js';
import type { LoadSpec } from '../engine.js';
import type { WorkerOutcome } from '../merge.js';
import { monotonicUs } from '../monotonic-clock.js';
import { StreamAccounting } from '../streams/stream-accounting.js';
import type { WorkerSecond } from '../worker-report.js';
import type { StartVus, Vu } from './vus.js';

export interface WorkerTask {
  spec: LoadSpec;
  vus: number;
  firstVu: number;
  share: ScheduleShare;
  bounds: LoadBounds;
}

export interface WorkerLoadEvents {
  second(second: WorkerSecond): void;
  /** Once, soon after the window's end or {@link WorkerLoad.stop}. */
  end(outcome: WorkerOutcome): void;
}

/** One worker's VUs and request accounting, from the first request to the window's end. */
export class WorkerLoad {
  readonly #vus: Vu[] = [];
  readonly #accounting: RequestAccounting;
  readonly #streams: StreamAccounting | null;
  readonly #timers: NodeJS.Timeout[] = [];
  #utilisationAtOpen: EventLoopUtilization | null = null;
  #utilisation: number | null = null;
  #arrivals: ((closedUs: number) => ArrivalReport) | null = null;

  constructor(
    private readonly task: WorkerTask,
    private readonly startVus: StartVus,
    events: WorkerLoadEvents,
  ) {
    this.#accounting = new RequestAccounting(
      task.bounds,
      () => this.#vus.flatMap((vu) => vu.writtenUs ?? []),
      {
        opened: () => {
          this.#utilisationAtOpen = performance.eventLoopUtilization();
        },
        closed: () => {
          if (this.#utilisationAtOpen !== null) {
            this.#utilisation = performance.eventLoopUtilization(this.#utilisationAtOpen).utilization;
          }
          this.#streams?.close(Math.min(monotonicUs(), task.bounds.windowEndUs));
          // Not within the event that closed the window.
          setImmediate(() => events.end(this.#end()));
        },
        second: events.second,
      },
      classesCounted(task.spec.mix),
    );
    this.#streams = task.spec.stream ? new StreamAccounting(framesOf(task.spec), this.#accounting) : null;
  }

  /** Begin at the agreed moment. */
  begin(): void {
    this.#at(this.task.bounds.beginUs, () => this.#begin());
  }

  /** End at this moment, or now where it has passed. */
  stop(atUs: number): void {
    this.#at(atUs, () => this.#accounting.close(monotonicUs()));
  }

  #begin(): void {
    if (this.#accounting.closed) return;
    const { spec, vus, firstVu, share, bounds } = this.task;
    // Events open and close the window; the timers are for a gateway so slow that there are none.
    this.#at(bounds.windowStartUs, () => this.#accounting.advance(monotonicUs()));
    this.#at(bounds.windowEndUs, () => this.#accounting.advance(monotonicUs()));
    this.#watchTimeouts();
    this.startVus({
      spec,
      vus,
      firstVu,
      share,
      bounds,
      accounting: this.#accounting,
      streams: this.#streams,
      add: (vu) => this.#vus.push(vu),
      reportArrivals: (report) => {
        this.#arrivals = report;
      },
      addTimer: (timer) => this.#timers.push(timer),
    });
  }

  /** One sweep for all VUs instead of a timer for each request. A request is given up at most 2 % (and 50 ms) late. */
  #watchTimeouts(): void {
    const timeoutUs = this.task.spec.timeoutS * 1e6;
    const everyMs = Math.min(50, Math.max(5, timeoutUs / 1000 / 50));
    const watch = setInterval(() => {
      const nowUs = monotonicUs();
      this.#accounting.advance(nowUs);
      for (const vu of this.#vus) vu.expire(nowUs, timeoutUs);
    }, everyMs);
    this.#timers.push(watch);
  }

  #end(): WorkerOutcome {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const vu of this.#vus) vu.stop();
    const report = this.#accounting.report();
    const arrivals = this.#arrivals === null ? {} : { arrivals: this.#arrivals(report.closedAtUs) };
    const streams = this.#streams === null ? {} : { streams: this.#streams.report() };
    return { ...report, ...arrivals, ...streams, eventLoopUtilisation: this.#utilisation };
  }

  /** A timer may fire a millisecond early: then it is set again. */
  #at(momentUs: number, action: () => void): void {
    const leftUs = momentUs - monotonicUs();
    if (leftUs <= 0) action();
    else this.#timers.push(setTimeout(() => this.#at(momentUs, action), Math.ceil(leftUs / 1000)));
  }
}

/** The texts of the frames of every answer; null where answers differ, or come in other frames than the upstream's. */
function framesOf({ mix, texts, anyLength = false, translated = false }: LoadSpec): readonly string[] | null {
  return mix !== undefined || anyLength || translated ? null : texts;
}
