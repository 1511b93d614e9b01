/**
 * Every bound that the validity gates apply, each with its source. "Ours" marks a choice of this project: the reason
 * stands beside it, and here is the one place to change it.
 */
export const THRESHOLDS = {
  /** |N - X*R| / N. Little's law holds for any stable window; bounds ours: 2 % is twice what a 15-s warm-up leaves, 5 % is as large as the differences that reports discuss. */
  littlesLaw: {
    passShare: 0.02,
    warnShare: 0.05,
    /** No engine of ours lets a VU wait longer after a failure: the bound of what back-off explains where it isn't counted. */
    maxBackOffS: 1,
  },
  /** k6 documentation, "Running large tests": above 80 % CPU the generator may be what is measured. The same for an event loop. */
  engineUtilisation: { passShare: 0.8 },
  /**
   * Nighthawk (Envoy): below 99 % of the planned rate the client was the limit. A request that leaves more than 5 ms late has
   * slipped (ours, as the mock's lateness: `SLIP_US` in src/load/arrival-accounting.ts counts them).
   */
  openLoop: { minShare: 0.99, slipMs: 5 },
  /** After a spike p99 is back where a second's, and the median of it and those after it, is at most so much above that before it. Both ours: one second has few requests. */
  recovery: { withinShare: 0.1, seconds: 3, failedShare: 0.01, endedShare: 0.9 },
  /** Ours: 1 ms is 1.7 % of the usual 60 ms upstream, 5 ms is more than most gateways add. */
  mockLatenessP99Us: { pass: 1_000, warn: 5_000 },
  /** Ours: a retry now and then, of a connection that had just been closed, amplifies nothing. Fewer responses than successes are never right. */
  upstreamRequests: { passExtraShare: 0.001 },
  /** Ours: a VM that loses over 3 % of its time to its neighbours measures the neighbours. */
  stealPercent: { pass: 1, warn: 3 },
  /** Ours: of all CPUs together. Below 2 % is what an idle machine does by itself; over 5 % is as large as the differences that reports discuss. */
  otherProgramsPercent: { pass: 2, warn: 5 },
  /**
   * Ours: time held back over the window. A quota holds processes back for up to 100 ms at once: at 0.1 % of the window
   * p99 doesn't see it, from 1 % on p99 is the quota's.
   */
  throttling: { passShare: 0.001, warnShare: 0.01 },
  /** Ours: of short sleeps in an idle process. Its timers round up by 1 ms, and the mock's bounds of 1 and 5 ms come on top. */
  wakeUpLateMs: { pass: 2, warn: 6 },
  /** Ours: what the same work costs now beside 3 s ago. Wider than that of a cell, which is the mean of two calibrations. */
  speedChange: { pass: 0.08, warn: 0.25 },
  /** AIGatewayBench (BerriAI): the direct path's p99 under load at most twice its single-VU p99. */
  directP99Ratio: { pass: 2 },
  /** Ours: what the same work costs beside the run's median. */
  machineSpeed: {
    pass: 0.03,
    warn: 0.08,
    /** See docs/methodology.md, where it is said what was found. What neighbours sway most, and cost least, weighs least. */
    kernelWeights: {
      integer: 0.05,
      branches: 0.15,
      chaseL2: 0.2,
      chaseL3: 0.01,
      chaseMemory: 0.04,
      pageFault: 0.15,
      systemCall: 0.2,
      loopback: 0.2,
    },
    /** Mock and engine work through the whole window; the kernels see half a second on either side of it. Of all weights, 0.7 to 0.75 predicted best. */
    harnessWeight: 0.7,
    /** Of mock or engine in a window. Less is too little work to tell 3 %: a clock tick is 10 ms, and records may be in ticks. */
    minHarnessUs: 300_000,
    /** A median of fewer is one of the values compared with it. */
    minRepeats: 3,
    minCells: 3,
  },
  /** White 1997, White, Cobb and Spratt 2000: batches of five, the truncation point in the first half. */
  mser: {
    batchSize: 5,
    /** White, Cobb and Spratt: the last five batches can't be truncation points, a few points have no variance to speak of. */
    untouchedBatches: 5,
    /** Ours: with fewer, the last admissible truncation point isn't past the half, and the rule can't fail. */
    minBatches: 11,
  },
  /** Ours: the rate of the halves of the window, each with at least this many seconds. */
  halves: { passShare: 0.02, minSecondsEach: 5 },
  /** Ours, all of it: docs/methodology.md says what each decides. */
  streams: {
    /** Of the pace: a frame that comes so soon after another was not passed on when it came. Nine tenths of a pace of delay are no jitter. */
    mergedPaceShare: 0.1,
    /** From the first frame of an answer to the last: all of them came at once. */
    bufferedUs: 1_000,
    /** An answer that its upstream writes in less than this many times `bufferedUs` may look buffered by chance. */
    minPacedSpans: 10,
    /** A stream that pauses for this many of its upstream's pauses has a hole that a reader sees. */
    lateGapPaces: 10,
    maxFailedShare: 0.001,
    /** What a gateway adds to a stream is said to be in one part of it from here on, and where the part has most of it. */
    minAddedUs: 100,
    mostShare: 0.5,
  },
  /** Ours, all of it: docs/methodology.md says what each decides. */
  shape: {
    minLevels: 3,
    /** Of what the upstream alone allows, at the most VUs. The published table calls 84 % linear; what falls below 80 % of its own peak is a cliff. */
    linearEfficiency: 0.8,
    /** From here on a curve is said to bend. */
    straightEfficiency: 0.95,
    /** Of the highest rate, at the most VUs. */
    cliffShare: 0.8,
    /** The published table calls 7.6 % failures at the same rate a plateau. */
    cliffFailedShare: 0.1,
    /** d ln X / d ln N: twice the VUs give at most 7 % more. */
    flatSlope: 0.1,
    /** The most VUs of a flat part over its fewest: over less, 3 % of noise looks like a slope. */
    flatSpan: 2,
    /** Of the flat part's mean, at its fewest VUs; below that the curve still rises to it. */
    flatEntryShare: 0.95,
    /** Of one core or of all the gateway's CPUs: what is left goes to the kernel's interrupts and to waiting. */
    busyShare: 0.85,
    /** One busy thread, and what garbage collection and kernel threads of its process do beside it. */
    oneThreadMaxPercent: 150,
    /** All CPUs together: a machine's mean leaves some idle while each of its CPUs is waited for. */
    hostBusyPercent: 90,
    /** Descriptors more per VU: 1 with a fixed pool of upstream connections, 2 with one for each VU. */
    poolDescriptorsPerVu: 1.2,
    /** Failures that are worth a word. */
    failedShare: 0.01,
    /** Gunther: fewer levels can be drawn through with any three parameters. */
    minUslLevels: 6,
  },
  /** Ours, all of it: when a measured figure reproduces a published one, and when two published ones contradict each other. */
  claims: {
    /** Measured over published, either way. The machine's speed is in a saturated gateway's: two of a class differ by a quarter. */
    rateRatio: 1.25,
    latencyRatio: 1.25,
    /** From p95 on a percentile is also the machine's own disturbances. */
    tailRatio: 1.5,
    overheadRatio: 2,
    cpuRatio: 1.5,
    memoryRatio: 1.5,
    /** Disk, page caches and containers are in it. */
    coldStartRatio: 2,
    /** Of all requests, in points. */
    errorPoints: 1,
    /** Of one figure, twice published. Two runs explain less. */
    sameRatio: 1.5,
    /** Added latency under a lighter load over that under a heavier one: two machines and versions explain less. */
    addedRatio: 3,
    addedMinMs: 0.5,
  },
  /** MLPerf inference rules: confidence 99 %, margin a twentieth of the tail. */
  percentileSamples: { z: 2.5758293035489, tailShare: 1 / 20 },
  /** Intervals over repeats. */
  intervals: {
    /** Ours: with two, t is 12.7, and one odd repeat is half of the data. */
    minRepeats: 3,
    /** Ours: with a control variate; with three, t is 12.7 again. */
    minControlled: 4,
  },
  comparison: {
    /** What a run without a difference is asked: how many repeats would show so much. */
    targetShare: 0.02,
    /** Ours: the rounding of histograms and clocks reaches a tenth of it. Smaller differences are none, whatever their interval. */
    leastShare: 0.001,
    /** Of a process: 64 pages of 4 KiB. Linux before 6.2 adds so many at a time in each thread, since then 32 on each CPU. */
    batchedPageBytes: 64 * 4096,
  },
  /** Of two runs. */
  runComparison: {
    /**
     * Ours: how much worse is still the same, as a share of the base. About what well repeated runs of one machine differ by; a
     * tail and memory differ by more than a rate.
     */
    toleranceShare: {
      rate: 0.03,
      p50: 0.05,
      p95: 0.05,
      p99: 0.05,
      overheadP50: 0.1,
      overheadP99: 0.1,
      cpuUsPerRequest: 0.05,
      rss: 0.1,
      pss: 0.1,
    },
    /** Ours: failures of all requests, in which more is worse. */
    failedShare: 0.01,
    /** Ours: what the same work cost in one run beside the other. As for cells of one run. */
    speed: { pass: 0.03, warn: 0.08 },
  },
  /** Change points in a history of runs. docs/coverage.md has what they find, and what they find that isn't there. */
  history: {
    /** Chance of any change point where nothing has changed, over all series that are shown together. */
    falseAlarms: 0.05,
    /** Ours: one odd run, or two, are no new level. */
    minLength: 3,
    /** Ours: of fewer, no order is rare enough to be believed. */
    minRuns: 8,
  },
  /**
   * Ours: a second after an upstream's failure is good again from here on. A gateway that asks both upstreams in turn, or a slower
   * second one, lets a closed loop send less, so only a tenth of the usual rate is asked for.
   */
  goodSecond: { failedShare: 0.01, rateShare: 0.1 },
  /** Long windows. Ours, all of it. */
  soak: {
    /** Shorter windows say nothing of a slope per hour, and every ordinary run would have a section of them. */
    minWindowS: 180,
    /** Points of a slope: 7,140 pairs, and four minutes each in a window of eight hours. */
    blocks: 120,
    /** What of a rise over half of a window counts, in units of the series and as a share of its level. */
    leastRise: {
      /** MiB. An allocator takes memory by the megabyte. */
      memory: { units: 1, share: 0.01 },
      count: { units: 3, share: 0.02 },
      /** Microseconds. */
      latency: { units: 1_000, share: 0.05 },
    },
    /** Of its level: nine tenths of the values of a series that oscillates lie farther apart. */
    swingShare: 0.1,
  },
  /** The search for a capacity. Ours, all of it. */
  capacity: {
    /** Of the logarithms of a percentile in windows of one level: p99 of ten seconds never agrees better from start to start. */
    minSpread: 0.005,
    /**
     * Windows of a gateway that say nothing, for the machine's sake or because a cell failed, and are measured again: so many, and of a long
     * search this share of all it may have. What is invalid after that counts, and is named.
     */
    maxReplaced: 4,
    maxReplacedShare: 1 / 6,
    /** A limit is missed by so much where requests are taken for having been due one after another: in a closed loop a stall hides behind the few requests that wait in it. */
    stallFactor: 2,
    /** A latency that grows so many times faster than the load, from the last level that passes to the first that fails, is a cliff. */
    cliffSlope: 4,
  },
  /** Bounds of a percentile within one run. */
  withinRun: {
    /** Schmeiser 1982: 10 to 30. The fewer, the longer they are, and the less of what hangs together is cut in two. */
    batches: 10,
    /** Ours: values of a second that lie beyond the percentile. With fewer, it is all but the second's largest value. */
    minBeyond: 5,
  },
} as const;
