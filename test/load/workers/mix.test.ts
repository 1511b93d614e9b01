import { describe, expect, it } from 'vitest';
import type { RequestMix } from '../../../src/load/engine.js';
import { nativeEngine } from '../../../src/load/native/engine.js';
import { httpServer, loadsOf, respond } from './harness.js';

const { runLoad } = loadsOf(() => nativeEngine({ cores: 2 }));

function completion(content: string): string {
  return JSON.stringify({ object: 'chat.completion', choices: [{ message: { content } }] });
}

const MIX: RequestMix = {
  order: 'drawn',
  seed: 1,
  classes: [
    { name: 'small', weight: 3, requests: [{ body: '{"n":1}', expected: { stream: false, texts: ['one'] } }] },
    {
      name: 'large',
      weight: 1,
      requests: [{ body: `{"n":2,"pad":"${'x'.repeat(400_000)}"}`, expected: { stream: false, texts: ['two'] } }],
    },
  ],
};

/** Answers as told to a small body at once, to a large one after a while; keeps the lengths of both. */
async function server(answers = { small: 'one', large: 'two' }) {
  const received = new Set<number>();
  const origin = await httpServer((request, response) => {
    const bytes = Number(request.headers['content-length']);
    received.add(bytes);
    const kind = bytes > 1000 ? 'large' : 'small';
    setTimeout(() => respond(response, completion(answers[kind])), kind === 'small' ? 2 : 40);
  });
  return { origin, received };
}

describe('a load of several classes of requests', () => {
  it('has percentiles for each, which together are those of all', async () => {
    const { origin, received } = await server();
    const result = await runLoad({ origin, vus: 4, durationS: 1.2, mix: MIX });
    const [small, large] = result.classes ?? [];
    expect(result.classes?.map(({ name, share }) => [name, share])).toEqual([
      ['small', 0.75],
      ['large', 0.25],
    ]);
    expect((small?.ok ?? 0) + (large?.ok ?? 0)).toBe(result.requests.ok);
    expect(small?.latencyUs?.count).toBe(small?.ok);
    expect(large?.latencyUs?.min).toBeGreaterThan(39_000);
    expect(small?.latencyUs?.min).toBeLessThan(large?.latencyUs?.min ?? 0);
    expect(small?.ok).toBeGreaterThan(large?.ok ?? 0);
    expect(received).toEqual(new Set([small?.requestBytesMax, large?.requestBytesMax]));
  });

  it('judges the answers of each class by what it must get', async () => {
    const { origin } = await server({ small: 'one', large: 'one' });
    const { requests, classes } = await runLoad({ origin, vus: 2, durationS: 1.2, mix: MIX });
    expect(classes?.map(({ ok, failed }) => [ok > 0, Object.keys(failed)])).toEqual([
      [true, []],
      [false, ['bad_body']],
    ]);
    expect(requests.failed.bad_body).toBe(classes?.[1]?.failed.bad_body);
  });

  it('of one class has none apart', async () => {
    const { origin } = await server();
    const [small] = MIX.classes;
    const requests = small === undefined ? [] : [...small.requests, ...small.requests];
    const mix: RequestMix = { ...MIX, classes: [{ name: 'all', weight: 1, requests }] };
    expect((await runLoad({ origin, mix })).classes).toBeUndefined();
  });
});
