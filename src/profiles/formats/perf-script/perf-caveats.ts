import type { Frame, KernelFrames, Profile } from '../../../model/profile.js';
import type { JavaScriptTier } from '../../symbols/v8-symbol.js';

/** What the parser counted and the profile itself doesn't hold. */
export interface PerfTally {
  samples: number;
  /** Weight by the tier of the innermost frame, where that was JavaScript. */
  tierWeights: ReadonlyMap<JavaScriptTier, number>;
  /** Samples whose chain was as long as the kernel makes them by default. */
  deepSamples: number;
  /** Samples of other events than the first, by event. */
  otherEvents: ReadonlyMap<string, number>;
}

/** `kernel.perf_event_max_stack` unless somebody has changed it. */
export const DEFAULT_MAX_STACK = 127;

/** How far the kernel's part can be read, by what is there. @param userOnly whether it was left out on purpose */
export function kernelFramesOf(frames: readonly Frame[], userOnly: boolean): KernelFrames {
  if (userOnly) return 'absent';
  const kernel = frames.filter(({ kind }) => kind === 'kernel');
  // None at all means that no sample fell into it: nothing was billed to a wrong function.
  return kernel.length === 0 || kernel.some(({ name }) => name !== '[unknown]') ? 'named' : 'addresses';
}

/** What the reader of a profile by perf must know, from the data alone. */
export function perfCaveats(profile: Profile, tally: PerfTally): string[] {
  return [
    kernel(profile.meta.kernel),
    unresolved(profile),
    python(profile.frames),
    luaJit(profile.frames),
    nodeWithoutNames(profile.frames),
    tiers(tally.tierWeights),
    deep(tally),
    others(tally.otherEvents),
  ].filter((caveat) => caveat !== null);
}

function kernel(frames: KernelFrames): string | null {
  switch (frames) {
    case 'named':
      return null;
    case 'addresses':
      return "The kernel's functions have no names here (kernel.kptr_restrict hides them from this user).";
    case 'absent':
      return "The kernel's part is missing: time in system calls was not sampled.";
    default:
      return frames satisfies never;
  }
}

/** By where the time was spent, innermost frame: that is what hot functions and categories lack. */
function unresolved({ frames, stacks }: Profile): string | null {
  const byModule = new Map<string, number>();
  let total = 0;
  let unknown = 0;
  for (const stack of stacks) {
    total += stack.weight;
    const leaf = frames[stack.frames.at(-1) ?? -1];
    if (leaf?.kind !== 'unknown') continue;
    unknown += stack.weight;
    const module =
      leaf.module === null ? 'memory that no file maps' : leaf.module.slice(leaf.module.lastIndexOf('/') + 1);
    byModule.set(module, (byModule.get(module) ?? 0) + stack.weight);
  }
  if (total === 0 || unknown / total < 0.01) return null;
  const parts = [...byModule]
    .filter(([, weight]) => weight / total >= 0.001)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3);
  const list = parts.map(([module, weight]) => `${percent(weight / total)} in ${module}`).join(', ');
  return `${percent(unknown / total)} of the time was spent in functions that could not be named: ${list}.`;
}

function python(frames: readonly Frame[]): string | null {
  const interprets = frames.some(({ name, kind }) => kind !== 'python' && name.startsWith('_PyEval_EvalFrame'));
  if (!interprets) return null;
  return frames.some(({ kind }) => kind === 'python')
    ? 'Callers of a Python function are missing where the unwinder could not pass the code that -X perf makes: what a Python function took itself is right, what it took with its callees may be too low.'
    : "Python functions have no names: the frames are the interpreter's own (perf sees Python names from CPython 3.12 with -X perf; py-spy sees them always).";
}

function luaJit(frames: readonly Frame[]): string | null {
  const seen = frames.some(({ name, module }) => /^(?:lj_|lua_|luaL_)/.test(name) || /luajit/i.test(module ?? ''));
  if (!seen) return null;
  return "Of Lua only the C side is seen: interpreted functions show as LuaJIT's own (lj_*), and compiled traces as [unknown] or not at all.";
}

/** V8 enters JavaScript through this builtin, whichever way it was started. */
function nodeWithoutNames(frames: readonly Frame[]): string | null {
  const runs = frames.some(({ name }) => name === 'Builtins_JSEntry');
  const named = frames.some(({ kind, file }) => kind === 'javascript' && file !== null);
  if (!runs || named) return null;
  return 'JavaScript functions have no names: Node was started without --perf-basic-prof-only-functions --interpreted-frames-native-stack.';
}

function tiers(weights: ReadonlyMap<JavaScriptTier, number>): string | null {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return null;
  const share = (tier: JavaScriptTier) => percent((weights.get(tier) ?? 0) / total);
  return `JavaScript's own time by how far V8 had compiled it: ${share('optimised')} optimised, ${share('baseline')} baseline, ${share('interpreted')} interpreted.`;
}

function deep({ deepSamples, samples }: PerfTally): string | null {
  if (deepSamples / samples < 0.01) return null;
  return `${percent(deepSamples / samples)} of the stacks are at least ${DEFAULT_MAX_STACK} deep, where the kernel cuts them off by default: their outermost functions may be missing.`;
}

function others(events: ReadonlyMap<string, number>): string | null {
  if (events.size === 0) return null;
  const list = [...events].map(([event, samples]) => `${samples} of ${event}`).join(', ');
  return `Samples of other events were left out: ${list}.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
