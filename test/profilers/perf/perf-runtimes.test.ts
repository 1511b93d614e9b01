import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { listeningPortsOf } from '../../../src/lib/listeners.js';
import { PACKAGE_ROOT } from '../../../src/lib/paths.js';
import { waitUntil } from '../../../src/lib/sleep.js';
import type { Profile } from '../../../src/model/profile.js';
import { perfProfiler } from '../../../src/profilers/perf/perf.js';
import { perfUnavailable } from '../../../src/profilers/perf/perf-program.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { categoryTotals } from '../../../src/profiles/categories/category-table.js';
import {
  cpuSeconds,
  expectSpinShares,
  ON_A_BUSY_MACHINE,
  profilerSpec,
  profileTarget,
  SPIN,
  shareOf,
  startProgram,
} from '../../support/profile-target.js';

const unavailable = await perfUnavailable();
const skipped = unavailable?.reason ?? null;
if (skipped) process.stderr.write(`SKIPPED: perf of Java and Lua, because ${skipped}\n`);

const has = (what: string, ...programs: string[]) => {
  const missing = programs.filter((program) => findInPath(program) === null && !existsSync(program));
  if (missing.length === 0) return true;
  process.stderr.write(`SKIPPED: perf of ${what}, because ${missing.join(', ')} is not installed\n`);
  return false;
};
const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const LUA_MODULES = join(PACKAGE_ROOT, 'remote-programs', 'luajit');
const NGINX = '/usr/sbin/nginx';
const NGINX_MODULES = '/usr/lib/nginx/modules';
const hasJava = has('Java', 'javac', 'java');
const hasLuaJit = has('Lua', 'luajit');
const hasLuaProxy = has(
  'Lua in nginx',
  NGINX,
  join(NGINX_MODULES, 'ngx_http_lua_module.so'),
  '/usr/share/lua/5.1/cjson/util.lua',
);

const RATE_HZ = 997;
const perf = perfProfiler();

/** A process and its children. */
const withChildren = (pid: number): number[] => [
  pid,
  ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(/\s+/).filter(Boolean).map(Number),
];

/** Captures so much CPU time of a program, however long a busy machine takes, after so much of warm-up. */
async function capturedCpu(
  target: Awaited<ReturnType<typeof profileTarget>>,
  { warmupS = 0, seconds = 1.5 } = {},
): Promise<Profile> {
  const passes = async (more: number) => {
    const end = cpuSeconds(target.pids()) + more;
    expect(await waitUntil(() => cpuSeconds(target.pids()) >= end, 60_000)).toBe(true);
  };
  await passes(warmupS);
  const capture = await perf.start(target);
  try {
    await passes(seconds);
    await capture.end();
    return await capture.collect();
  } finally {
    await capture.kill();
  }
}

/** An upstream that answers everything with some JSON. */
async function startUpstream(): Promise<number> {
  const answer = JSON.stringify({ model: 'mock', text: 'some words to count '.repeat(200) });
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends requests, four at a time, until the test ends. Counts those that were answered with 200. */
function startLoad(where: { port: number } | { socketPath: string }): { ok: () => number } {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const body = JSON.stringify({
    model: 'mock',
    messages: [{ role: 'user', content: 'a few words more '.repeat(150) }],
  });
  let ok = 0;
  let ended = false;
  const send = async () => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', ...where, path: '/v1/x', method: 'POST', headers, agent }, resolve);
      sent.on('error', reject).end(body);
    });
    await text(response);
    if (response.statusCode === 200) ok += 1;
  };
  const loop = async () => {
    while (!ended) await send().catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
  };
  for (let client = 0; client < 4; client++) void loop();
  onTestFinished(() => {
    ended = true;
    agent.destroy();
  });
  return { ok: () => ok };
}

/** Percent of the time, by category. */
function sharesOf(profile: Profile): Record<string, number> {
  return Object.fromEntries(categoryTotals(categorise(profile)).map(({ category, share }) => [category, 100 * share]));
}

describe.skipIf(skipped)('perf of code that is compiled at run time', ON_A_BUSY_MACHINE, () => {
  let built = '';
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    // nginx's workers are another user.
    await chmod(built, 0o755);
    if (hasJava) {
      execFileSync('javac', ['-d', built, join(SPIN, 'Spin.java'), join(FIXTURES, 'java-proxy', 'Proxy.java')]);
    }
  }, 180_000);
  afterAll(() => rm(built, { recursive: true, force: true }));

  /** A JVM started as a run starts one. */
  async function startJava(main: string[], options: string[] = []) {
    const spec = profilerSpec({ native: 'jvm' });
    const target = await profileTarget({ rateHz: RATE_HZ, spec });
    const { environment } = await perf.launch(spec, target.outDir);
    const java = await startProgram('java', ['-Xmx256m', ...options, '-cp', built, ...main], environment);
    return { java, target: { ...target, pids: () => [java.pid] } };
  }
  const NOT_INLINED = ['-XX:CompileCommand=quiet', '-XX:CompileCommand=dontinline,spin.Spin::*'];

  it.skipIf(!hasJava)('reports the shares of a Java program with names', async () => {
    const { java, target } = await startJava(['spin.Spin', '60'], NOT_INLINED);
    const profile = await capturedCpu(target, { warmupS: 0.3 });
    expectSpinShares(profile);
    expect(profile.frames.find(({ name }) => name === 'spin.Spin.alpha(int)')).toMatchObject({
      kind: 'java',
      module: 'spin',
      rawName: 'void spin.Spin.alpha(int)',
    });
    expect(profile.meta.caveats.join('\n')).toMatch(
      /The program ran with JAVA_TOOL_OPTIONS=-XX:\+PreserveFramePointer/,
    );
    expect(existsSync(`/tmp/perf-${java.pid}.map`)).toBe(false);
  });

  it.skipIf(!hasJava)('names the hot method of a Java proxy under load, and leaves little unknown', async () => {
    const { java, target } = await startJava(['com.acme.gateway.Proxy', `http://127.0.0.1:${await startUpstream()}/`]);
    const [port = 0] = listeningPortsOf(java.pid);
    const { ok } = startLoad({ port });
    const profile = await capturedCpu(target, { warmupS: 2, seconds: 2 });
    expect(ok()).toBeGreaterThan(50);
    const shares = sharesOf(profile);
    expect(shares.unknown).toBeLessThan(10);
    expect(shares.own).toBeGreaterThan(2);
    expect(shares.network).toBeGreaterThan(2);
    const hot = /^com\.acme\.gateway\.Proxy\.(?:countWords|rewrite)\(/;
    expect(shareOf(profile, hot)).toBeGreaterThan(2);
    expect(profile.frames.find(({ name }) => hot.test(name))).toMatchObject({
      kind: 'java',
      module: 'com.acme.gateway',
    });
  });

  it.skipIf(!hasJava)('leaves a JVM alone that takes no commands, and says what is missing', async () => {
    const { java, target } = await startJava(['spin.Spin', '60'], ['-XX:+DisableAttachMechanism', ...NOT_INLINED]);
    const profile = await capturedCpu(target, { seconds: 0.5 });
    expect(java.exitCode).toBeNull();
    expect(profile.meta.caveats.join('\n')).toContain(
      `Java methods of process ${java.pid} have no names: the JVM takes no commands (-XX:+DisableAttachMechanism).`,
    );
    expect(profile.meta.caveats.join('\n')).toMatch(/Java methods have no names: the JVM writes them on request/);
  });

  it.skipIf(!hasJava)('says that callers of Java methods are missing without frame pointers', async () => {
    const java = await startProgram('java', [...NOT_INLINED, '-cp', built, 'spin.Spin', '60']);
    const profile = await capturedCpu(await profileTarget({ pids: () => [java.pid], rateHz: RATE_HZ }), {
      seconds: 0.5,
    });
    expect(profile.frames.some(({ name }) => name === 'spin.Spin.alpha(int)')).toBe(true);
    expect(profile.meta.caveats.join('\n')).toMatch(/Callers of Java methods are missing or wrong/);
    expect(existsSync(`/tmp/perf-${java.pid}.map`)).toBe(false);
  });

  it.skipIf(!hasLuaJit)('reports the shares of a LuaJIT program with names', async () => {
    const spec = profilerSpec({
      native: 'luajit',
      callGraph: 'dwarf',
      environment: { LUA_PATH: `${LUA_MODULES}/?.lua;;` },
    });
    const target = await profileTarget({ rateHz: RATE_HZ, spec });
    const { environment } = await perf.launch(spec, target.outDir);
    const lua = await startProgram('luajit', ['-lperf-map', join(SPIN, 'spin.lua'), '60'], environment);
    const profile = await capturedCpu({ ...target, pids: () => [lua.pid] });
    expectSpinShares(profile);
    expect(profile.frames.find(({ name }) => name === 'alpha')).toMatchObject({
      kind: 'lua',
      file: join(SPIN, 'spin.lua'),
      line: expect.any(Number),
    });
    expect(profile.meta.caveats.join('\n')).toMatch(/counts for the function in which its trace begins/);
    expect(existsSync(`/tmp/perf-${lua.pid}.map`)).toBe(false);
  });

  it.skipIf(!hasLuaProxy)('names the hot Lua function of an nginx under load, and leaves little unknown', async () => {
    const fixture = join(FIXTURES, 'lua-proxy');
    // Where the workers' user may read.
    await cp(join(fixture, 'proxy.lua'), join(built, 'proxy.lua'));
    const conf = (await readFile(join(fixture, 'nginx.conf'), 'utf8'))
      .replaceAll('FOLDER', built)
      .replaceAll('FIXTURE', built)
      .replaceAll('MODULES', NGINX_MODULES)
      .replaceAll('LUA/', `${LUA_MODULES}/`)
      .replaceAll('UPSTREAM', `127.0.0.1:${await startUpstream()}`);
    await writeFile(join(built, 'nginx.conf'), conf);
    // A manifest would name what loads the map; here nginx.conf does.
    const spec = profilerSpec({ native: 'luajit', callGraph: 'dwarf', environment: { MAP: 'perf-map' } });
    const target = await profileTarget({ rateHz: RATE_HZ, spec });
    const { environment } = await perf.launch(spec, target.outDir);
    const script = `exec ${NGINX} -e stderr -p ${built} -c ${join(built, 'nginx.conf')}`;
    const nginx = await startProgram('sh', ['-c', `echo ready; ${script}`], environment);
    // Its workers would outlive it if it were killed.
    onTestFinished(async () => {
      nginx.kill('SIGTERM');
      await waitUntil(() => nginx.exitCode !== null, 10_000);
    });
    const socketPath = join(built, 'proxy.sock');
    expect(await waitUntil(() => existsSync(socketPath) && withChildren(nginx.pid).length === 3, 20_000)).toBe(true);
    const pids = withChildren(nginx.pid);
    const { ok } = startLoad({ socketPath });
    const profile = await capturedCpu({ ...target, pids: () => pids }, { warmupS: 1, seconds: 2 });
    expect(ok()).toBeGreaterThan(50);
    const shares = sharesOf(profile);
    expect(shares.unknown).toBeLessThan(10);
    expect(shares.json).toBeGreaterThan(0);
    expect(shareOf(profile, /^count_words$/)).toBeGreaterThan(2);
    expect(profile.frames.find(({ name }) => name === 'count_words')).toMatchObject({
      kind: 'lua',
      file: join(built, 'proxy.lua'),
      line: expect.any(Number),
    });
    for (const pid of pids) expect(existsSync(`/tmp/perf-${pid}.map`)).toBe(false);
  });
});
