import type { Frame, Profile, WeightUnit } from '../../model/profile.js';
import {
  SPEEDSCOPE_SCHEMA_URL,
  type SpeedscopeFile,
  type SpeedscopeFrame,
  type ValueUnit,
} from './speedscope-schema.js';

const EXPORTED_UNITS: Record<WeightUnit, ValueUnit> = {
  nanoseconds: 'nanoseconds',
  samples: 'none',
  bytes: 'bytes',
  events: 'none',
};

/**
 * Exports a file for https://www.speedscope.app. Samples have no order in time: use "Left Heavy" and "Sandwich".
 * Metadata, modules and kinds are in fields that speedscope ignores and that an import restores.
 */
export function exportSpeedscope({ meta, frames, stacks, threads }: Profile): string {
  const file: SpeedscopeFile = {
    $schema: SPEEDSCOPE_SCHEMA_URL,
    exporter: 'gatebench',
    name: meta.title,
    activeProfileIndex: 0,
    shared: { frames: frames.map(exportFrame) },
    profiles: [
      {
        type: 'sampled',
        name: meta.title,
        unit: EXPORTED_UNITS[meta.unit],
        startValue: 0,
        endValue: stacks.reduce((sum, { weight }) => sum + weight, 0),
        samples: stacks.map((stack) => stack.frames),
        weights: stacks.map(({ weight }) => weight),
      },
    ],
    gatebench: {
      meta,
      samples: stacks.map(({ samples }) => samples),
      ...(threads.length > 0 && { threads, sampleThreads: stacks.map(({ thread }) => thread ?? -1) }),
    },
  };
  return JSON.stringify(file);
}

function exportFrame({ name, file, line, module, kind, rawName }: Frame): SpeedscopeFrame {
  return {
    name,
    ...(file !== null && { file }),
    ...(line !== null && { line }),
    ...(module !== null && { module }),
    kind,
    ...(rawName !== undefined && { rawName }),
  };
}
