import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import type { Profile } from '../../../src/model/profile.js';
import { contentionProfiler } from '../../../src/profilers/pprof/contention.js';
import { pprofProfiler } from '../../../src/profilers/pprof/pprof.js';
import { freePort } from '../../support/free-port.js';
import {
  captured,
  expectSpinShares,
  ON_A_BUSY_MACHINE,
  profilerSpec,
  profileTarget,
  SPIN,
  shareOf,
  startProgram,
} from '../../support/profile-target.js';

const noGo = findInPath('go') === null;
if (noGo) process.stderr.write('SKIPPED: pprof of a real program, because go is not installed\n');

/** A server in place of a Go program; its origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(noGo)('pprof of a Go program', () => {
  let folder: string;
  const build = (source: string) => {
    const program = join(folder, source.replace('.go', ''));
    if (!existsSync(program))
      execFileSync('go', ['build', '-o', program, join(SPIN, source)], {
        env: { ...process.env, GOFLAGS: '-mod=mod' },
      });
    return program;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'reports each function within 5 points of its share, and what it was captured with',
    ON_A_BUSY_MACHINE,
    async () => {
      const port = await freePort();
      const program = await startProgram(build('spin.go'), ['60', `127.0.0.1:${port}`]);
      const target = await profileTarget({
        pids: () => [program.pid],
        durationS: 6,
        rateHz: 99,
        origin: `http://127.0.0.1:${port}`,
      });
      const profile = await captured(pprofProfiler, target);
      expectSpinShares(profile);
      expect(profile.meta).toMatchObject({
        kind: 'cpu',
        profiler: 'pprof',
        unit: 'nanoseconds',
        rateHz: 100,
        kernel: 'absent',
      });
      expect(profile.meta.durationS).toBeGreaterThan(5.5);
      expect(profile.meta.command).toBe(`GET http://127.0.0.1:${port}/debug/pprof/profile?seconds=6`);
      expect(profile.meta.caveats.join('\n')).toContain('Sampled at 100 Hz instead of 99 Hz');
      expect((await readFile(join(target.outDir, 'profile.pb.gz'))).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    },
  );

  it('says that mutex and block profiling are off, rather than showing an empty page', async () => {
    const port = await freePort();
    const program = await startProgram(build('spin.go'), ['60', `127.0.0.1:${port}`]);
    const target = await profileTarget({ pids: () => [program.pid], durationS: 1, origin: `http://127.0.0.1:${port}` });
    await expect(captured(contentionProfiler('mutex'), target)).rejects.toMatchObject({
      name: 'UnavailableError',
      message: 'no mutex profile, because the program has mutex profiling off (SetMutexProfileFraction is 0)',
      hint: expect.stringContaining('SetMutexProfileFraction(1)'),
    });
    await expect(captured(contentionProfiler('block'), target)).rejects.toThrow(
      /no block profile, because .*SetBlockProfileRate was not called\), or no goroutine was blocked/,
    );
  });

  it('reports what waited for a lock, and where goroutines blocked, during the capture only', async () => {
    const port = await freePort();
    const program = await startProgram(build('contend.go'), [`127.0.0.1:${port}`]);
    const target = await profileTarget({ pids: () => [program.pid], durationS: 2, origin: `http://127.0.0.1:${port}` });
    const mutex = await captured(contentionProfiler('mutex'), target);
    expect(mutex.meta).toMatchObject({ kind: 'mutex', profiler: 'mutex', unit: 'nanoseconds', rateHz: null });
    // Long holds the lock three times as long as short does, and the other waits for as long.
    expect(shareOf(mutex, /^main\.long$/)).toBeGreaterThan(60);
    expect(shareOf(mutex, /^main\.short$/)).toBeLessThan(40);
    // Counted from the program's start, a later and shorter capture would hold more than this one.
    const later = await captured(contentionProfiler('mutex'), { ...target, durationS: 1 });
    const waited = (profile: Profile) => profile.stacks.reduce((sum, { weight }) => sum + weight, 0);
    expect(waited(later)).toBeGreaterThan(0);
    expect(waited(later)).toBeLessThan(waited(mutex));
    const block = await captured(contentionProfiler('block'), target);
    expect(block.meta).toMatchObject({ kind: 'block', profiler: 'block' });
    expect(shareOf(block, /^main\.(long|short)$/)).toBeGreaterThan(20);
  });
});

describe('pprof over HTTP', () => {
  it('says what was answered instead of a profile, and what to do', async () => {
    const answers: Record<number, string> = {
      404: 'disabled',
      401: 'headers',
      400: 'limit',
      500: 'one CPU profile at a time',
    };
    for (const [status, hint] of Object.entries(answers)) {
      const origin = await serve((_, response) => response.writeHead(Number(status)).end('no such thing\nsecond line'));
      await expect(pprofProfiler.start(await profileTarget({ origin }))).rejects.toMatchObject({
        name: 'ExpectedError',
        message: expect.stringMatching(
          new RegExp(`/debug/pprof/profile\\?seconds=2 returned ${status} \\(no such thing\\) instead of a profile`),
        ),
        hint: expect.stringContaining(hint),
      });
    }
  });

  it('takes a home page for no profile', async () => {
    const origin = await serve((_, response) => response.end('<html>'));
    await expect(pprofProfiler.start(await profileTarget({ origin }))).rejects.toThrow(/returned 200 \(<html>\)/);
  });

  it('says so where nobody listens, and where no address is known', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    await expect(pprofProfiler.start(await profileTarget({ origin }))).rejects.toThrow(
      /can't fetch .*: .*ECONNREFUSED/,
    );
    await expect(pprofProfiler.start(await profileTarget({}))).rejects.toThrow(/no address was given/);
  });

  it('asks at the path and with the headers of the manifest, for whole seconds', async () => {
    const seen: unknown[] = [];
    const origin = await serve((request, response) => {
      seen.push([request.url, request.headers.authorization]);
      response.writeHead(404).end();
    });
    const spec = profilerSpec({
      native: 'pprof',
      pprof: { path: '/admin/pprof', headers: { Authorization: 'Bearer x' } },
    });
    await expect(pprofProfiler.start(await profileTarget({ origin, spec, durationS: 3.9 }))).rejects.toThrow(/404/);
    expect(seen).toEqual([['/admin/pprof/profile?seconds=3', 'Bearer x']]);
  });

  it('reports a broken answer by the file that has it', async () => {
    const origin = await serve((_, response) => response.end(gzipSync(Buffer.from('not a profile at all'))));
    const target = await profileTarget({ origin, durationS: 0 });
    await expect(captured(pprofProfiler, target)).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringContaining("profile.pb.gz can't be read"),
    });
    const cut = await serve((_, response) => response.end(gzipSync(Buffer.alloc(9999)).subarray(0, 20)));
    await expect(captured(pprofProfiler, { ...target, origin: cut })).rejects.toThrow(/profile.pb.gz is truncated/);
  });

  it('waits no longer once it was killed or interrupted', async () => {
    const origin = await serve(() => undefined);
    const capture = await pprofProfiler.start(await profileTarget({ origin, durationS: 60 }));
    const ended = capture.end();
    await capture.kill();
    await capture.kill();
    await expect(ended).rejects.toThrow(/can't fetch /);
    const interrupt = new AbortController();
    const second = await pprofProfiler.start(await profileTarget({ origin, durationS: 60, signal: interrupt.signal }));
    const secondEnd = second.end();
    interrupt.abort(new Error('stopped by SIGINT'));
    await expect(secondEnd).rejects.toThrow('stopped by SIGINT');
  });

  it('is there for gateways that are known to serve profiles, and for what nobody knows', async () => {
    for (const profiler of [pprofProfiler, contentionProfiler('mutex'), contentionProfiler('block')]) {
      expect(await profiler.unavailable(null)).toBeNull();
      expect(await profiler.unavailable(profilerSpec({ native: 'pprof' }))).toBeNull();
      expect(await profiler.unavailable(profilerSpec({ native: 'v8' }))).toMatchObject({
        reason: expect.stringContaining('no Go profiles'),
      });
    }
    const launch = await pprofProfiler.launch(
      profilerSpec({ native: 'pprof', environment: { ENABLE_PPROF: 'true' } }),
      '/out',
    );
    expect(launch.environment).toEqual({ ENABLE_PPROF: 'true' });
    expect(launch.command(['a', 'b'])).toEqual(['a', 'b']);
  });
});
