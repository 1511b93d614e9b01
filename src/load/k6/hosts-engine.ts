import { ExpectedError } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import { sleep } from '../../lib/sleep.js';
import type { LoadResult } from '../../model/load.js';
import type { RemoteShell } from '../../remote/remote-shell.js';
import type { Engine, LoadProgress, LoadRun, LoadSpec } from '../engine.js';
import { clockOffset } from './clock-offset.js';
import { HostK6 } from './host-k6.js';
import { K6_QUERY } from './program.js';
import { mergeSegments, windowFacts } from './result.js';
import { k6Refusal, k6Script, k6Vus } from './script.js';
import { equalSegments } from './segments.js';

export interface K6Hosts {
  shells: readonly RemoteShell[];
  /** k6 on the hosts: a name in PATH, or a path; or what puts it there and returns the path. */
  program: string | ((shell: RemoteShell) => Promise<string>);
  /** This machine's address as the hosts know it. */
  gatewayAddress: string;
}

/** A host whose clock is less well known would begin and end at another time than the others. */
const UNCERTAIN_MS = 50;
/** From the agreement to the beginning: k6 has to start and make its VUs, about 1 ms each on a slow host. */
const LEAD_MS = 4_000;
const LEAD_PER_VU_MS = 2;
/** A host that sends its first request later than this after the window's start has missed part of it. */
const LATE_MS = 500;
/** Handing over takes a while with many requests. */
const HANDOVER_MS = 60_000;
const PROGRESS_MS = 1_000;

/** k6 on several hosts, each with a part of the VUs, begun together and merged. */
export function k6HostsEngine(hosts: K6Hosts): Engine {
  let version = 'unknown';
  let found: string[] | null = null;
  const programs = async () => {
    found ??= await programsOf(hosts);
    return found;
  };
  return {
    name: 'k6',
    refusal: k6Refusal,
    get version() {
      return version;
    },
    unavailable: async () => {
      try {
        version = await commonVersion(hosts, await programs());
        return null;
      } catch (error) {
        if (!(error instanceof ExpectedError)) throw error;
        return { reason: error.message, hint: error.hint ?? 'try again' };
      }
    },
    start: async (spec, onProgress) => new K6HostsRun(hosts, await programs(), spec, onProgress),
  };
}

/** Each host's, in their order. */
function programsOf({ shells, program }: K6Hosts): Promise<string[]> {
  return Promise.all(shells.map((shell) => (typeof program === 'string' ? program : program(shell))));
}

/** @throws ExpectedError where a host lacks k6, or has another than the others */
async function commonVersion({ shells, program: choice }: K6Hosts, programs: readonly string[]): Promise<string> {
  const versions = await Promise.all(
    shells.map(async (shell, at) => {
      const program = programs[at] ?? '';
      const { exitCode, stdout, stderr } = await shell.run([program, 'version']);
      const version = K6_QUERY.versionPattern.exec(`${stdout}\n${stderr}`)?.[1];
      if (exitCode === 0 && version !== undefined) return version;
      throw new ExpectedError(
        `${shell.label} has no k6: "${program} version" says ${stderr.trim() || stdout.trim() || `exit code ${exitCode}`}`,
        `install k6 there, ${typeof choice === 'string' ? 'or say where it is with --k6-path' : 'and leave out --k6-send'}`,
      );
    }),
  );
  const [first = ''] = versions;
  if (versions.every((version) => version === first)) return first;
  const list = shells.map(({ label }, at) => `${versions[at]} on ${label}`).join(', ');
  throw new ExpectedError(`the hosts have different versions of k6: ${list}`, 'install the same one on all of them');
}

class K6HostsRun implements LoadRun {
  readonly windowStarted: Promise<number>;
  readonly done: Promise<LoadResult>;
  readonly #ending = new AbortController();
  #loads: HostK6[] = [];

  constructor(
    private readonly hosts: K6Hosts,
    private readonly programs: readonly string[],
    private readonly spec: LoadSpec,
    private readonly onProgress: (progress: LoadProgress) => void,
  ) {
    let began: (epochMs: number) => void = () => undefined;
    const windowBegan = new Promise<number>((resolve) => {
      began = resolve;
    });
    this.done = this.#measure(began);
    this.windowStarted = Promise.race([
      windowBegan,
      this.done.then(() => Promise.reject(new ExpectedError('the load was stopped in its warm-up'))),
    ]);
    // Whoever doesn't wait for them must not crash the process.
    for (const promise of [this.done, this.windowStarted]) promise.catch(() => undefined);
  }

  /** Its processes are on other hosts. */
  pids(): number[] {
    return [];
  }

  /** The hosts hand over at the end only: there is nothing to report of a load that was stopped. */
  stop(): void {
    this.#ending.abort(
      new ExpectedError('the load was ended before its window did, and the hosts had handed over nothing'),
    );
  }

  async kill(): Promise<void> {
    this.stop();
    await this.done.catch(() => undefined);
  }

  async #measure(onWindow: (epochMs: number) => void): Promise<LoadResult> {
    const { hosts, spec } = this;
    requireShape(spec, hosts.shells.length);
    const clocks = await Promise.all(hosts.shells.map((shell) => clockOffset(shell)));
    for (const [at, { uncertaintyMs }] of clocks.entries()) {
      if (uncertaintyMs <= UNCERTAIN_MS) continue;
      throw new ExpectedError(
        `the clock of ${hosts.shells[at]?.label} is known to ${Math.round(uncertaintyMs)} ms only, and hosts have to begin within ${UNCERTAIN_MS} ms`,
        'use hosts with a shorter way to this machine',
      );
    }
    this.#ending.signal.throwIfAborted();
    const startMs = runClock.epochMs() + LEAD_MS + LEAD_PER_VU_MS * Math.ceil(k6Vus(spec) / hosts.shells.length);
    const windowMs = startMs + spec.warmupS * 1000;
    const endMs = windowMs + spec.durationS * 1000;
    const target = originFor(spec.origin, hosts.gatewayAddress);
    const script = k6Script({ ...spec, origin: target }, null);
    const segments = equalSegments(hosts.shells.length);
    const timers = new AbortController();
    try {
      for (const [at, shell] of hosts.shells.entries()) {
        const segment = segments[at];
        const clock = clocks[at];
        const program = this.programs[at];
        if (!segment || !clock || !program) throw new Error('a host without a segment');
        const onItsClock = (ms: number) => ms + clock.offsetMs;
        const window = { startMs: onItsClock(windowMs), endMs: onItsClock(windowMs + spec.durationS * 1000) };
        const toStart = { shell, program, script, segment, startMs: onItsClock(startMs), window, target };
        this.#loads.push(await HostK6.start(toStart));
      }
      void this.#follow(startMs, windowMs, onWindow, timers.signal).catch(() => undefined);
      await Promise.race([
        // The first that fails ends all: a load with a host missing is not the load that was asked for.
        Promise.all(this.#loads.map(({ done }) => done)),
        aborted(this.#ending.signal),
        hung(endMs + HANDOVER_MS - runClock.epochMs(), timers.signal),
      ]);
      return this.#result(clocks.map(({ uncertaintyMs }) => uncertaintyMs));
    } finally {
      timers.abort();
      await Promise.all(this.#loads.map((load) => load.kill()));
    }
  }

  #result(uncertaintiesMs: readonly number[]): LoadResult {
    const { shells } = this.hosts;
    const segments = this.#loads.map(({ log, cpu }, at) => ({
      host: shells[at]?.label ?? '',
      clockUncertaintyMs: uncertaintiesMs[at] ?? 0,
      cpu,
      vus: log.vus,
    }));
    const vus = segments.reduce((total, segment) => total + segment.vus.length, 0);
    const wanted = k6Vus(this.spec);
    if (vus !== wanted) {
      const list = segments.map((segment) => `${segment.vus.length} on ${segment.host}`).join(', ');
      throw new ExpectedError(
        `${wanted} VUs were to report their requests, and ${vus} did: ${list}`,
        'run the cell again; hosts that can’t keep up need fewer VUs',
      );
    }
    for (const segment of segments) {
      const firsts = segment.vus.flatMap(({ firstMs }) => firstMs ?? []);
      // Of an open loop not every VU has something to send, and the first request says whether the host was there.
      const isOpen = this.spec.arrivals !== undefined;
      const lateMs = isOpen ? Math.min(...firsts) : firsts.reduce((latest, ms) => Math.max(latest, ms), 0);
      if ((isOpen || firsts.length === segment.vus.length) && lateMs <= LATE_MS) continue;
      throw new ExpectedError(
        `${segment.host} was ${lateMs} ms late to the window: it has too many VUs, or too little CPU`,
        'use more hosts, or fewer VUs',
      );
    }
    return mergeSegments(segments, this.spec.durationS, windowFacts(this.spec));
  }

  /** Where the load is now is known by the clock: nothing is told by the hosts before their end. */
  async #follow(startMs: number, windowMs: number, onWindow: (ms: number) => void, signal: AbortSignal): Promise<void> {
    await sleep(startMs - runClock.epochMs(), signal);
    let told = false;
    for (;;) {
      const nowMs = runClock.epochMs();
      const inWindow = nowMs >= windowMs;
      if (inWindow && !told) {
        told = true;
        onWindow(windowMs);
      }
      const atS = (nowMs - (inWindow ? windowMs : startMs)) / 1000;
      if (atS > (inWindow ? this.spec.durationS : this.spec.warmupS)) return;
      const phase = inWindow ? 'window' : 'warmup';
      this.onProgress({ phase, atS, ratePerSec: null, p99Us: null, failed: null });
      await sleep(Math.max(1, inWindow ? PROGRESS_MS : Math.min(PROGRESS_MS, windowMs - nowMs)), signal);
    }
  }
}

/** k6 refuses scenarios of less than a second, and a segment without a VU has nothing to do. */
function requireShape(spec: LoadSpec, hosts: number): void {
  const { warmupS, durationS } = spec;
  const vus = k6Vus(spec);
  if (vus < hosts) {
    throw new ExpectedError(`${vus} VUs can't be shared by ${hosts} hosts`, 'choose at least as many VUs as hosts');
  }
  if (durationS < 1 || (warmupS > 0 && warmupS < 1)) {
    throw new ExpectedError('k6 runs for at least a second', 'make the warm-up and the window longer');
  }
}

/** The gateway as the hosts see it: 127.0.0.1 is each one's own. An upstream on a host of its own has one name for all. */
function originFor(origin: string, address: string): string {
  const { hostname, port } = new URL(origin);
  if (hostname !== '127.0.0.1') return origin;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function hung(ms: number, signal: AbortSignal): Promise<never> {
  await sleep(ms, signal);
  throw new ExpectedError(
    `k6 was still running on some host ${HANDOVER_MS / 1000} s after the window’s end`,
    'try again',
  );
}
