import { describe, expect, it } from 'vitest';
import { attachedChoice, type UrlFlags } from '../../../src/cli/options/url-options.js';

const at = (url: string, flags: UrlFlags = {}): UrlFlags => ({ url: new URL(url), ...flags });
const chosen = (flags: UrlFlags) => attachedChoice(flags, { '--gateways': false });

describe('the gateway of --url', () => {
  it.each([
    ['http://127.0.0.1:8080', '/chat/completions'],
    ['http://127.0.0.1:8080/v1', '/v1/chat/completions'],
    ['http://127.0.0.1:8080/v1/', '/v1/chat/completions'],
    ['http://127.0.0.1:8080/openai/v1/chat/completions', '/openai/v1/chat/completions'],
  ])('%s is asked at %s', (url, path) => {
    expect(chosen(at(url))?.gateway).toMatchObject({ origin: 'http://127.0.0.1:8080', path });
  });

  it('keeps the names of headers apart from their values', () => {
    const choice = chosen(at('http://127.0.0.1:8080/v1', { header: { authorization: 'Bearer sk-secret' } }));
    expect(choice?.headers).toEqual({ authorization: 'Bearer sk-secret' });
    expect(choice?.gateway.headerNames).toEqual(['authorization']);
    expect(JSON.stringify(choice?.gateway)).not.toContain('sk-secret');
  });

  it('is none where no URL is given', () => {
    expect(chosen({})).toBeNull();
  });

  it.each<[UrlFlags, string]>([
    [{ pid: 1 }, '--pid is for a gateway that already runs'],
    [{ mockListen: '0.0.0.0' }, '--mock-listen is for a gateway that already runs'],
    [{ header: { a: 'b' } }, '--header is for a gateway that already runs'],
    [at('https://127.0.0.1/v1'), 'the load engines speak plain HTTP'],
    [at('http://me:secret@127.0.0.1/v1'), "it can't have a user"],
    [at('http://127.0.0.1/v1', { name: 'My Gateway' }), "can't be a gateway's name"],
  ])('refuses %j', (flags, message) => {
    expect(() => chosen(flags)).toThrow(message);
  });

  it('refuses what is for gateways that are started', () => {
    expect(() => attachedChoice(at('http://127.0.0.1:1/v1'), { '--gateways': true })).toThrow(
      "--gateways can't be given with --url",
    );
  });
});
