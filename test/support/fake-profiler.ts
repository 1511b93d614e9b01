import { ExpectedError } from '../../src/lib/errors.js';
import type { Profile } from '../../src/model/profile.js';
import { NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../../src/profilers/profiler.js';
import { blankMeta } from '../../src/profiles/profile-builder.js';

type Step = 'launch' | 'start' | 'end' | 'collect' | 'kill';

/** A profiler that sees one stack, notes what is asked of it, and breaks where it is told to. */
export function fakeProfiler(
  breaksAt?: Step,
  error: Error = new ExpectedError(`the profiler broke at ${breaksAt}`, 'mend it'),
): { profiler: Profiler; steps: Step[]; targets: ProfileTarget[] } {
  const steps: Step[] = [];
  const targets: ProfileTarget[] = [];
  const step = async (name: Step) => {
    steps.push(name);
    if (name === breaksAt) throw error;
  };
  const profile: Profile = {
    schemaVersion: 2,
    meta: blankMeta({ title: 'a fake', unit: 'nanoseconds', durationS: 2, event: 'cpu-clock', lost: 0 }),
    frames: [{ name: 'main', file: null, line: null, module: 'fake', kind: 'native' }],
    stacks: [{ frames: [0], samples: 7, weight: 7e6 }],
    threads: [],
    timeline: null,
  };
  const profiler: Profiler = {
    name: 'perf',
    title: 'a fake profiler',
    unavailable: async () => null,
    async launch() {
      await step('launch');
      return { ...NO_LAUNCH_CHANGE, environment: { NODE_OPTIONS: '--no-warnings', FAKE_PROFILED: 'yes' } };
    },
    async start(target) {
      await step('start');
      targets.push(target);
      return {
        end: () => step('end'),
        async collect() {
          await step('collect');
          return profile;
        },
        kill: () => step('kill'),
      };
    },
  };
  return { profiler, steps, targets };
}
