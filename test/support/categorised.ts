import type { CategoryRule } from '../../src/model/category.js';
import type { Frame, Profile, ProfileMeta } from '../../src/model/profile.js';
import type { CategorisedProfile } from '../../src/profiles/categories/categorise.js';
import { categorise } from '../../src/profiles/categories/categorise.js';
import { blankMeta, ProfileBuilder } from '../../src/profiles/profile-builder.js';

/** `K:` kernel, `G:` Go, `J:` JavaScript, `P:` Python, `I:` inlined, `L:` Lua, `?` unknown; else native. `@module` and `|file` may follow. */
const KINDS: Record<string, Frame['kind']> = {
  K: 'kernel',
  G: 'go',
  J: 'javascript',
  P: 'python',
  I: 'inlined',
  L: 'lua',
};

function frameOf(text: string): Frame {
  const [, mark, rest = text] = /^([KGJPIL]):(.*)$/.exec(text) ?? [];
  const [, name = rest, , module = null, , file = null] = /^(.*?)(@(\S+?))?(\|(\S+))?$/.exec(rest) ?? [];
  const kind = name === '?' ? 'unknown' : (KINDS[mark ?? ''] ?? 'native');
  return {
    name: name === '?' ? '[unknown]' : name,
    file,
    line: null,
    module: kind === 'kernel' ? '[kernel]' : module,
    kind,
  };
}

/** Nanoseconds between two samples at 99 Hz. */
const NS_PER_SAMPLE = 10_101_010;

/** A profile of stacks such as `main;G:net/http.(*conn).serve;K:tcp_sendmsg`, root first, with samples of each. */
export function profileOf(stacks: Record<string, number>, meta: Partial<ProfileMeta> = {}): Profile {
  const builder = new ProfileBuilder();
  for (const [stack, samples] of Object.entries(stacks)) {
    builder.add(
      stack.split(';').map((text) => builder.frame(frameOf(text))),
      samples,
      samples * NS_PER_SAMPLE,
    );
  }
  return builder.build(
    blankMeta({ title: 'Sample', unit: 'nanoseconds', profiler: 'perf', kernel: 'named', rateHz: 99, ...meta }),
  );
}

export function categorisedOf(stacks: Record<string, number>, meta: Partial<ProfileMeta> = {}): CategorisedProfile {
  return categorise(profileOf(stacks, meta));
}

/** What a gateway's profile has on top. */
export function gatewayMeta(
  label: string,
  {
    vus = 50,
    requests = 1000,
    language = 'Go',
    ...meta
  }: Partial<ProfileMeta> & { vus?: number; requests?: number; language?: string } = {},
): Partial<ProfileMeta> {
  const name = label.split(':')[0] ?? label;
  return {
    title: `${name}, perf, ${vus} VUs`,
    subject: { label, title: name[0]?.toUpperCase() + name.slice(1), version: '1.0.0', language, colour: '#123456' },
    load: { vus, ratePerSec: requests / 10, requests, cpuUsPerRequest: null },
    ...meta,
  };
}

export const OWN: CategoryRule = { category: 'own', name: '^app\\.', weak: false };
