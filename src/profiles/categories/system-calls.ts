import type { Category } from '../../model/category.js';
import type { CategorisedProfile } from './categorised-profile.js';

/** Where Go enters the kernel: profilers that see no kernel frames end there. */
const GO_ENTRY =
  /(^|[./])(RawSyscall\d*|Syscall\d*|rawSyscallNoError|rawVforkSyscall)$|^runtime\.(futex|usleep|epollwait|osyield)$/;

export interface SystemPart {
  samples: number;
  weight: number;
}

/** Time in system calls and other kernel code, by what it was for; heaviest first. */
export function systemTime({ profile, stackCategories }: CategorisedProfile): [Category, SystemPart][] {
  const entry = profile.frames.map(({ kind, name }) => kind === 'kernel' || (kind === 'go' && GO_ENTRY.test(name)));
  const parts = new Map<Category, SystemPart>();
  for (const [index, { frames, samples, weight }] of profile.stacks.entries()) {
    if (!entry[frames.at(-1) ?? -1]) continue;
    const category = stackCategories[index] ?? 'unknown';
    const part = parts.get(category) ?? { samples: 0, weight: 0 };
    parts.set(category, { samples: part.samples + samples, weight: part.weight + weight });
  }
  return [...parts].sort(([, a], [, b]) => b.weight - a.weight);
}
