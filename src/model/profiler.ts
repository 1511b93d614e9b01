import { z } from 'zod';

/**
 * `perf`: any process, user and kernel; the comparable one. `pprof`, `py-spy`, `0x`, `cpuprofile`: the language's own.
 * `off-cpu`: where threads wait, by the scheduler's events. `mutex`, `block`: Go's own account of waiting.
 */
export const ProfilerName = z.enum(['perf', 'pprof', 'py-spy', '0x', 'cpuprofile', 'off-cpu', 'mutex', 'block']);
export type ProfilerName = z.infer<typeof ProfilerName>;
