import { mkdir } from 'node:fs/promises';
import type { RunningGateway } from '../gateway/gateway-driver.js';
import { formatLevel, formatTitle } from '../lib/format.js';
import type { Cell } from '../model/cell.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import { completionsOf } from '../model/load.js';
import { cellLevel, cellModel } from '../model/load-level.js';
import type { Profile, ProfileMeta } from '../model/profile.js';
import type { ProfilerName } from '../model/profiler.js';
import type { CellRecord } from '../model/record.js';
import { gatewayLabel, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { Capture, Profiler } from '../profilers/profiler.js';
import type { CellFolder } from '../store/cell-folder.js';

/** What profiled cells are profiled with. */
export interface Profiling {
  profilers: ReadonlyMap<ProfilerName, Profiler>;
  /** Samples a second, where a profiler can be told. */
  rateHz: number;
}

type ProfiledSubject = Exclude<ResolvedGateway, { kind: 'direct' }>;

/** Of the window, so that profilers which end by themselves have ended before the load does. */
const LEAD_OUT_S = 1;

/** The profile of one cell: launch, begin and end with the window, collect after the stop. */
export class CellProfile {
  readonly #profiler: Profiler;
  readonly #gateway: ProfiledSubject;
  readonly #rateHz: number;
  readonly #folder: CellFolder;
  #capture: Promise<Capture> | null = null;

  private constructor(profiler: Profiler, gateway: ProfiledSubject, rateHz: number, folder: CellFolder) {
    this.#profiler = profiler;
    this.#gateway = gateway;
    this.#rateHz = rateHz;
    this.#folder = folder;
  }

  /** Null for a cell without a profiler. */
  static of(cell: Cell, gateway: ResolvedGateway, profiling: Profiling | null, folder: CellFolder): CellProfile | null {
    if (cell.profiler === null) return null;
    const profiler = profiling?.profilers.get(cell.profiler);
    if (!profiling || !profiler || gateway.kind === 'direct') {
      throw new Error(`cell ${cell.id} is to be profiled by ${cell.profiler}, which was not handed in`);
    }
    return new CellProfile(profiler, gateway, profiling.rateHz, folder);
  }

  async launch(): Promise<LaunchOverrides> {
    await mkdir(this.#folder.profileDir, { recursive: true });
    return this.#profiler.launch(this.#gateway.profiler, this.#folder.profileDir);
  }

  /** Begin to sample, as the window begins. What goes wrong is told by {@link end}. */
  begin(running: RunningGateway, windowS: number, signal: AbortSignal, onStatus: (text: string) => void): void {
    this.#capture = this.#profiler.start({
      pids: running.pids,
      rateHz: this.#rateHz,
      durationS: Math.max(1, windowS - LEAD_OUT_S),
      spec: this.#gateway.profiler,
      origin: this.#pprofOrigin(running),
      outDir: this.#folder.profileDir,
      signal,
      onStatus,
    });
    this.#capture.catch(() => {});
  }

  /** Go's profiles may be served on a port of their own. */
  #pprofOrigin(running: RunningGateway): string {
    if (this.#gateway.kind === 'attached') return running.origin;
    const { process, profiler } = this.#gateway;
    const port = profiler.pprof?.port === undefined ? undefined : process.ports[profiler.pprof.port];
    return port === undefined ? running.origin : `http://127.0.0.1:${port}`;
  }

  /** Stop sampling, with the load. @throws ExpectedError where nothing was captured */
  async end(): Promise<void> {
    await (await this.#capture)?.end();
  }

  /** Read the profile and keep it beside the record, which gets its key figures. */
  async collect(record: CellRecord): Promise<void> {
    const capture = await this.#capture;
    if (!capture) throw new Error(`cell ${record.cell.id} ended before its window began`);
    const captured = await capture.collect();
    const profile: Profile = { ...captured, meta: this.#described(captured.meta, record) };
    await this.#folder.writeProfile(profile);
    record.profile = {
      samples: profile.stacks.reduce((sum, stack) => sum + stack.samples, 0),
      durationS: profile.meta.durationS,
      event: profile.meta.event,
      lost: profile.meta.lost,
    };
  }

  /** End the profiler, whatever state it is in. */
  async kill(): Promise<void> {
    await (await this.#capture?.catch(() => null))?.kill();
  }

  #described(meta: ProfileMeta, record: CellRecord): ProfileMeta {
    const { name, variant, title, language, colour, profiler } = this.#gateway;
    const { cell, gateway, window, requests, ratePerSec } = record;
    // A profiler that has to start the gateway itself sees the warm-up too, and can't say when it began.
    const seenS = meta.durationS ?? (window === null ? 0 : window.warmupS + window.measuredS);
    return {
      ...meta,
      title: `${formatTitle(title, gateway.version)}, ${this.#profiler.name}, ${formatLevel(cellLevel(cell), cellModel(cell))}`,
      profiler: this.#profiler.name,
      subject: { label: gatewayLabel({ name, variant }), title, version: gateway.version, language, colour },
      load:
        window === null || requests === null || window.measuredS === 0
          ? null
          : {
              vus: cellLevel(cell),
              ratePerSec: ratePerSec ?? 0,
              requests: (completionsOf(requests) / window.measuredS) * seenS,
              cpuUsPerRequest: record.resources.gateway?.cpuUsPerRequest ?? null,
            },
      rules: profiler.categories,
    };
  }
}
