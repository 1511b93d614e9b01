/** A file that holds a profile, and that another program has to convert. */
interface ForeignFile {
  /** `a perf.data file, which only perf reads`. */
  what: string;
  /** The command, and what it needs. */
  hint: string;
}

/** What a file with this start is, and how it becomes one that can be read. Null if it isn't known. */
export function foreignFile(start: Uint8Array, path: string): ForeignFile | null {
  const text = Buffer.from(start.subarray(0, 4096)).toString('latin1');
  if (isLegacyCpuProfile(start)) {
    return { what: "a CPU profile in gperftools' legacy format, which only pprof reads", hint: pprof(path) };
  }
  const known = FOREIGN.find(({ pattern }) => pattern.test(text));
  return known ? { what: known.what, hint: known.hint(path) } : null;
}

/**
 * What a text is that has stacks or lines with numbers at their ends, and could be taken for perf's or folded ones. To be
 * asked before a format is chosen. Null if it is none.
 */
export function foreignReport(start: Uint8Array, path: string): ForeignFile | null {
  const text = Buffer.from(start.subarray(0, 4096)).toString('utf8');
  const known = REPORTS.find(({ pattern }) => pattern.test(text));
  return known ? { what: known.what, hint: known.hint(path) } : null;
}

/** https://github.com/jonhoo/inferno has a program for each of these. */
const collapse = (format: string) => (path: string) =>
  `inferno-collapse-${format} ${path} > profile.folded (cargo install inferno), then import that`;

const REPORTS: readonly { pattern: RegExp; what: string; hint: (path: string) => string }[] = [
  {
    pattern: /^.{0,80}Time and Allocation Profiling Report/,
    what: "GHC's profiling report",
    hint: collapse('ghcprof'),
  },
  {
    pattern: /^(?:Analysis of s|S)ampling .{1,300} every \d+ milliseconds?/,
    what: "a report of macOS' sample",
    hint: collapse('sample'),
  },
  {
    pattern: /^\s*(?:<\?xml[^>]*>\s*)?<trace-query-result/,
    what: "an export of Instruments' xctrace",
    hint: collapse('xctrace'),
  },
  {
    pattern: /^\ufeff?Level,Function Name,Number of Calls,/,
    what: "a call tree of Visual Studio's profiler",
    hint: collapse('vsprof'),
  },
  { pattern: /^CPU +ID +FUNCTION:NAME/, what: 'the output of DTrace', hint: collapse('dtrace') },
  {
    pattern: /^(?:# callgrind format|version: \d+\n(?:creator|pid|cmd|positions|part|desc): )/,
    what: 'a callgrind file, which has calls and no stacks',
    hint: (path) => `kcachegrind ${path} draws it; for stacks, capture with perf`,
  },
];

const pprof = (path: string) =>
  `go tool pprof -proto PROGRAM ${path} > profile.pb.gz, where PROGRAM is the binary that was profiled, for its names; then import that`;

const FOREIGN: readonly { pattern: RegExp; what: string; hint: (path: string) => string }[] = [
  {
    pattern: /^PERFILE2/,
    what: 'a perf.data file, which only perf reads',
    hint: (path) =>
      `perf script --header -i ${path} > perf.script, on the machine where it was recorded, then import that`,
  },
  {
    // tcmalloc's and Go's (`?debug=1`), in pprof's own order of trying them.
    pattern:
      /^(?:heap profile: |--- ?(?:heapz|heap|growthz|contentionz?|mutex|threadz|Memory map|Thread)|(?:goroutine|threadcreate) profile: total |[A-Za-z]+ profile: total \d)/,
    what: "a profile in pprof's legacy text format, which only pprof reads",
    hint: (path) => `${pprof(path)}; of a Go program, fetch it without ?debug=1`,
  },
  {
    pattern: /^heap_v2\/\d+/,
    what: 'a heap profile of jemalloc, which has addresses and no names',
    hint: (path) => `jeprof --collapsed PROGRAM ${path} > heap.folded, then import that`,
  },
  {
    pattern: /^FLR\0/,
    what: 'a recording of Java Flight Recorder',
    hint: (path) => `jfrconv --cpu ${path} profile.collapsed (of async-profiler), then import that`,
  },
  {
    pattern: /^(?:Nettrace|.{0,8}!FastSerialization\.1)/s,
    what: 'a trace of .NET',
    hint: (path) => `dotnet-trace convert --format Speedscope ${path}, then import the .speedscope.json`,
  },
  {
    pattern: /^rbspy\d\d\n/,
    what: "a recording in rbspy's own format",
    hint: (path) => `rbspy report -f collapsed -i ${path} -o profile.folded, then import that`,
  },
  {
    pattern: /^\s*\{\s*"version"\s*:\s*[\d.]+\s*,\s*"mode"\s*:\s*"/,
    what: "a report of Ruby's stackprof as JSON",
    hint: () => 'stackprof --stackcollapse on the dump that it was made from, then import that',
  },
  {
    pattern: /^PK[^\w\s]{2}/,
    what: 'a zip archive',
    hint: () => 'unpack it, and import what is in it',
  },
  {
    pattern: /^(?:\x28\xb5\x2f\xfd|BZh\d|\xfd7zXZ\0)/,
    what: 'compressed, and not by gzip',
    hint: () => 'uncompress it (zstd -d, bunzip2 or unxz), and import that',
  },
  {
    pattern: /^v8-version,/,
    what: "V8's log (--prof)",
    hint: () => 'record with node --cpu-prof, which writes a .cpuprofile, and import that',
  },
  {
    pattern: /^\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE|<svg|<html)/i,
    what: 'a picture or page, not a profile',
    hint: () => 'import what it was made from',
  },
];

/**
 * A header of machine words: 0, the number of words that follow before the samples (3), the version, microseconds
 * between samples, 0. https://gperftools.github.io/gperftools/cpuprofile-fileformat.html
 */
function isLegacyCpuProfile(start: Uint8Array): boolean {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return [8, 4].some((size) =>
    [true, false].some((littleEndian) => {
      if (start.length < 5 * size) return false;
      const word = (index: number) =>
        size === 4 ? view.getUint32(index * size, littleEndian) : Number(view.getBigUint64(index * size, littleEndian));
      return word(0) === 0 && word(1) === 3 && word(2) <= 1 && word(3) > 0 && word(3) <= 1e9;
    }),
  );
}
