import { describe, expect, it } from 'vitest';
import type { ProfilerName } from '../../../src/model/profiler.js';
import { compareShare, publishedVerdicts } from '../../../src/profiles/analysis/published-profiles.js';
import { categorisedOf, gatewayMeta } from '../../support/categorised.js';
import { publishedClaims } from '../../support/published-claims.js';

const { profiles } = publishedClaims();

function verdictOn(gateway: string, stacks: Record<string, number>, profiler: ProfilerName, vus = 50) {
  const ours = categorisedOf(stacks, { ...gatewayMeta(gateway, { vus }), profiler });
  const found = publishedVerdicts(profiles, [ours]).find(({ published }) => published.gateway === gateway);
  return { verdict: found?.verdict, found: found?.results.map((result) => result.found).join(' ') };
}

const SYSCALL = 'G:net.(*conn).Write;G:internal/runtime/syscall.Syscall6';
const FUTEX = 'G:runtime.stopm;G:runtime.futex';
const LOCK_LEAF = 'K:do_syscall_64;K:__x64_sys_futex;K:futex_wake;K:_raw_spin_unlock_irqrestore';
const NET_LEAF = 'K:do_syscall_64;K:ksys_write;K:sock_write_iter;K:tcp_sendmsg;K:_raw_spin_unlock_irqrestore';
const AUTH =
  'P:run|/v/site-packages/uvicorn/server.py;P:call|/v/site-packages/fastapi/middleware/x.py;P:auth|/v/site-packages/litellm/proxy/auth/user_api_key_auth.py';

describe('compareShare', () => {
  it.each([
    [0.32, 0.32, 1000, 'reproduced'],
    [0.25, 0.32, 1000, 'reproduced'], // within a quarter
    [0.2, 0.32, 1000, 'differs'],
    [0.09, 0.07, 5000, 'reproduced'], // within 2 points
    [0.1, 0.07, 5000, 'differs'],
    [0.105, 0.07, 200, 'not-comparable'], // further, but 7 % is in our interval
    [0.32, 0.32, 99, 'not-comparable'], // too few to say anything
  ])('%f found, %f published, of %i samples: %s', (share, published, samples, verdict) => {
    expect(compareShare(share, samples, published)).toBe(verdict);
  });
});

describe('published sentences', () => {
  it('are all there, and each has a way to be checked', () => {
    expect(profiles.map(({ gateway, checks }) => [gateway, checks.map(({ kind }) => kind)])).toEqual([
      ['ferro', ['share', 'share']],
      ['litellm', ['path']],
      ['bifrost', ['share', 'cause']],
      ['kong', ['not-captured']],
      ['portkey', ['not-captured']],
    ]);
  });

  it('on Ferro: both shares must be found', () => {
    expect(verdictOn('ferro', { [SYSCALL]: 310, [FUTEX]: 85, x: 605 }, 'pprof')).toMatchObject({
      verdict: 'reproduced',
      found: '31 % (28 to 34 %) in Syscall6, published 32 %. 9 % (7 to 10 %) in runtime.futex, published 8 %.',
    });
    expect(verdictOn('ferro', { [SYSCALL]: 310, [FUTEX]: 10, x: 680 }, 'pprof').verdict).toBe('differs');
  });

  it('on Bifrost: the share may be found, and the cause be another', () => {
    expect(verdictOn('bifrost', { [NET_LEAF]: 70, x: 930 }, 'perf')).toMatchObject({
      verdict: 'differs',
      found: expect.stringMatching(/^7 % .* in 70 samples: network 100 %; published: locks\.$/),
    });
    expect(verdictOn('bifrost', { [LOCK_LEAF]: 65, [NET_LEAF]: 5, x: 930 }, 'perf').verdict).toBe('reproduced');
    // Half and half of a few samples decides nothing.
    expect(verdictOn('bifrost', { [LOCK_LEAF]: 5, [NET_LEAF]: 4, x: 120 }, 'perf').verdict).toBe('not-comparable');
  });

  it('on LiteLLM: the path must be there, in its order, and hot', () => {
    expect(verdictOn('litellm', { [AUTH]: 300, x: 700 }, 'py-spy', 20).verdict).toBe('reproduced');
    expect(verdictOn('litellm', { [AUTH]: 10, x: 990 }, 'py-spy', 20).verdict).toBe('differs');
    const reversed = AUTH.split(';').reverse().join(';');
    expect(verdictOn('litellm', { [reversed]: 300, x: 700 }, 'py-spy', 20).verdict).toBe('differs');
  });

  it('are not comparable with another load, another profiler or no profile, and say so', () => {
    expect(verdictOn('litellm', { [AUTH]: 300, x: 700 }, 'py-spy', 50)).toMatchObject({
      verdict: 'not-comparable',
      found: expect.stringMatching(/^Published at 20 VUs, measured at 50 VUs: 30 %/),
    });
    expect(verdictOn('ferro', { x: 1 }, 'perf')).toMatchObject({
      verdict: 'not-comparable',
      found: expect.stringContaining('There is no pprof profile of ferro in this run.'),
    });
    expect(publishedVerdicts(profiles, []).every(({ verdict }) => verdict === 'not-comparable')).toBe(true);
  });

  it('of no profile are new where there is one now', () => {
    expect(verdictOn('kong', { x: 12 }, 'perf')).toEqual({
      verdict: 'new',
      found: 'Captured in this run: perf, 12 samples.',
    });
  });

  it('are held against the gateway as it comes rather than a variant', () => {
    const ours = ['ferro:1.4.4', 'ferro'].map((label) =>
      categorisedOf(
        { [SYSCALL]: label === 'ferro' ? 320 : 0, [FUTEX]: 80, x: 600 },
        { ...gatewayMeta(label), profiler: 'pprof' },
      ),
    );
    expect(publishedVerdicts(profiles, ours)[0]?.verdict).toBe('reproduced');
  });
});
