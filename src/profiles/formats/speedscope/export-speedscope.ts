import type { Frame, Profile, WeightUnit } from '../../../model/profile.js';
import { SPEEDSCOPE_SCHEMA_URL, type SpeedscopeFile, type SpeedscopeFrame, type ValueUnit } from './speedscope-file.js';

const UNITS: Record<WeightUnit, ValueUnit> = { nanoseconds: 'nanoseconds', samples: 'none', bytes: 'bytes' };

/**
 * The profile as a file that https://www.speedscope.app opens. Samples have no order in time: look at "Left Heavy" and
 * "Sandwich". Metadata, modules and kinds are in fields that speedscope passes over, so that an import restores them.
 */
export function toSpeedscope({ meta, frames, stacks }: Profile): string {
  const file: SpeedscopeFile = {
    $schema: SPEEDSCOPE_SCHEMA_URL,
    exporter: 'gatebench',
    name: meta.title,
    activeProfileIndex: 0,
    shared: { frames: frames.map(frameOf) },
    profiles: [
      {
        type: 'sampled',
        name: meta.title,
        unit: UNITS[meta.unit],
        startValue: 0,
        endValue: stacks.reduce((sum, { weight }) => sum + weight, 0),
        samples: stacks.map((stack) => stack.frames),
        weights: stacks.map(({ weight }) => weight),
      },
    ],
    gatebench: { meta, samples: stacks.map(({ samples }) => samples) },
  };
  return JSON.stringify(file);
}

function frameOf({ name, file, line, module, kind }: Frame): SpeedscopeFrame {
  return {
    name,
    ...(file !== null && { file }),
    ...(line !== null && { line }),
    ...(module !== null && { module }),
    kind,
  };
}
