import type { Unprofiled } from '../../profiles/analysis/finding.js';
import type { CategorisedProfile } from '../../profiles/categories/categorised-profile.js';

/** A profiled cell, as the report shows it. */
export interface FlameEntry {
  cellId: string;
  profile: CategorisedProfile;
  /** The same gateway under the same load without a profiler; null where it wasn't measured. */
  unprofiled: Unprofiled | null;
  /** Successes a second while the profiler ran; null for a process that wasn't under a load of ours. */
  ratePerSec: number | null;
  /** `ok`, or what went wrong, as the run's report words it. */
  outcomeWords: string;
}
