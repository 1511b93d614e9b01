import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildGoPeer } from '../../../src/app/selfbench/find-upstreams.js';
import { SELFBENCH_REQUEST, startUpstream, type UpstreamProgram } from '../../../src/app/selfbench/upstream.js';
import { goPeer, nginxPeer, nodeHttpPeer, ourMock } from '../../../src/app/selfbench/upstream-programs.js';
import { answerProblem } from '../../../src/lib/chat-response.js';
import { ExpectedError } from '../../../src/lib/errors.js';
import { httpRequest } from '../../../src/lib/http.js';
import { isListening } from '../../../src/lib/listeners.js';
import { rootsOf } from '../../../src/lib/roots.js';
import { temporaryFolder } from '../../../src/lib/temporary-folder.js';

const nginx = [...installedNginx(), 'nginx', '/usr/sbin/nginx'].find(
  (program) => spawnSync(program, ['-v']).status === 0,
);
if (nginx === undefined)
  process.stderr.write('SKIPPED: nginx as an upstream: neither installed by setup nor in PATH\n');
const hasGo = spawnSync('go', ['version']).status === 0;
if (!hasGo) process.stderr.write('SKIPPED: the Go mock: there is no go in PATH\n');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let go: { program: string; version: string } | undefined;
beforeAll(async () => {
  folder = await temporaryFolder();
  if (hasGo) go = await buildGoPeer(folder.path, new AbortController().signal);
}, 180_000);
afterAll(() => folder.remove());

let port = 22_100;

async function started(program: UpstreamProgram, latency = '0s') {
  const workDir = await temporaryFolder();
  const start = { port: port++, latency, processes: 1, recordFile: null, workDir: workDir.path };
  const upstream = await startUpstream(program, start, SELFBENCH_REQUEST, new AbortController().signal);
  onTestFinished(async () => {
    await upstream.stop();
    await workDir.remove();
  });
  return upstream;
}

function post(origin: string, body: string) {
  return httpRequest(`${origin}/v1/chat/completions`, { method: 'POST', body, timeoutMs: 20_000 });
}

/** One completion, and whether its connection is that of an earlier one. */
function ask(origin: string, agent: Agent): Promise<{ reused: boolean; answer: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}/v1/chat/completions`, { method: 'POST', agent }, async (incoming) => {
      const text = Buffer.concat(await incoming.toArray()).toString('utf8');
      resolve({ reused: outgoing.reusedSocket, answer: JSON.parse(text) });
    });
    outgoing.on('error', reject).end('{}');
  });
}

function installedNginx(): string[] {
  const folder = join(rootsOf().installs, 'nginx');
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return versions.map((version) => join(folder, version, 'usr', 'sbin', 'nginx')).filter((path) => existsSync(path));
}

const makers: [string, boolean, () => UpstreamProgram][] = [
  ['mock', true, () => ourMock('0')],
  ['node-http', true, nodeHttpPeer],
  ['go', hasGo, () => goPeer(go?.program ?? '', '0')],
];

describe.each(makers)('%s', (_, available, make) => {
  it.skipIf(!available)(
    'keeps the contract: health, models, a completion, a stream, and 400 for what is no JSON',
    async () => {
      const { origin } = await started(make());
      expect((await httpRequest(`${origin}/health`, { timeoutMs: 20_000 })).body.trim()).toBe('{"status":"ok"}');
      const models = JSON.parse((await httpRequest(`${origin}/v1/models`, { timeoutMs: 20_000 })).body);
      expect(models).toMatchObject({ object: 'list', data: [{ id: 'mock-gpt-4', object: 'model', owned_by: 'mock' }] });
      const completion = JSON.parse((await post(origin, '{"model":"gpt-x"}')).body);
      expect(completion).toMatchObject({
        id: expect.stringMatching(/^chatcmpl-[0-9a-f]{8}$/),
        object: 'chat.completion',
        model: 'gpt-x',
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: expect.any(String) } }],
        usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
      });
      expect(answerProblem((await post(origin, `{"stream":true}`)).body, { stream: true, texts: null })).toBeNull();
      expect((await post(origin, 'not JSON')).status).toBe(400);
    },
  );

  it.skipIf(!available)('waits its latency', async () => {
    const { origin } = await started(make(), '300ms');
    const began = performance.now();
    await post(origin, '{}');
    expect(performance.now() - began).toBeGreaterThanOrEqual(299);
  });

  it.skipIf(!available)('leaves nothing behind', async () => {
    const upstream = await started(make());
    const port = Number(new URL(upstream.origin).port);
    expect(upstream.pids().length).toBeGreaterThan(0);
    await upstream.stop();
    expect(upstream.pids()).toEqual([]);
    expect(isListening(port)).toBe(false);
  });
});

describe('nginx', () => {
  it.skipIf(nginx === undefined)('answers with a completion, and keeps the connection', async () => {
    const upstream = await started(nginxPeer(nginx ?? '', '0'));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const completion = expect.objectContaining({ object: 'chat.completion' });
    expect(await ask(upstream.origin, agent)).toEqual({ reused: false, answer: completion });
    expect(await ask(upstream.origin, agent)).toEqual({ reused: true, answer: completion });
    // A master and its workers.
    expect(upstream.pids().length).toBeGreaterThan(1);
  });
});

describe('an upstream that is not one', () => {
  const broken = (script: string): UpstreamProgram => ({
    kind: 'mock',
    title: 'a broken mock',
    version: '0',
    stopSignal: 'SIGTERM',
    prepare: async ({ port }) => ({ command: process.execPath, args: ['-e', script, String(port)] }),
  });

  it('is told of with the end of its log where it ends', async () => {
    await expect(started(broken('console.error("no luck"); process.exit(3)'))).rejects.toThrow(
      /a broken mock did not come up: no luck/,
    );
  });

  it('is refused where it answers something else, and stopped', async () => {
    const script = 'require("http").createServer((q, s) => s.end("hello")).listen(+process.argv[1], "127.0.0.1")';
    const refused = started(broken(script));
    await expect(refused).rejects.toThrow(/responded with 200, not with a chat completion: hello/);
    await expect(refused).rejects.toThrow(ExpectedError);
    expect(isListening(port - 1)).toBe(false);
  });
});
