import { describe, expect, it } from 'vitest';
import { redactorOf } from '../../../src/app/publish/redact-text.js';

const { text, symbol } = redactorOf({
  hosts: new Map([
    ['bench-7.example.com', 'machine-1'],
    ['bench-7', 'machine-1'],
    ['192.0.2.7', 'machine-2'],
  ]),
  users: new Set(['alice']),
  secrets: new Set(['hunter2-hunter2']),
});

describe('redactorOf', () => {
  it.each([
    // Known by name.
    ['connected to bench-7, then to BENCH-7.example.com.', 'connected to machine-1, then to machine-1.'],
    ['bench-7.corp.example.net:8080', 'machine-1:8080'],
    ['run by alice on me@192.0.2.7', 'run by [user] on machine-2'],
    ['the key is hunter2-hunter2!', 'the key is [secret]!'],
    // Addresses.
    ['dial tcp 10.23.45.67:6379: refused', 'dial tcp [address]:6379: refused'],
    ['http://[2001:db8::42]:8080/v1/chat/completions', 'http://[[address]]:8080/v1/chat/completions'],
    ['inet6:fe80::1c2d:3e4f%eth0 up', 'inet6:[address] up'],
    ['::ffff:10.0.0.5', '::ffff:[address]'],
    ['ether 52:54:00:ab:cd:ef', 'ether [address]'],
    ['from someone@devbox.example.org', 'from [user]@[host]'],
    ['ops@devbox: Permission denied', '[user]@[host]: Permission denied'],
    ['lookup redis.prod.internal: no such host', 'lookup [host]: no such host'],
    // Secrets.
    ['Authorization: Bearer abcdef', 'Authorization: [secret]'],
    ['sent Bearer abc123def456', 'sent Bearer [secret]'],
    ['"api_key": "q1w2e3r4"', '"api_key": "[secret]"'],
    ['OPENAI_API_KEY=abcdef', 'OPENAI_API_KEY=[secret]'],
    ['password: correcthorse', 'password: [secret]'],
    ['sk-proj-AbCdEf0123456789', '[secret]'],
    ['ghp_0123456789abcdefABCDEF', '[secret]'],
    ['postgres://bob:pw@localhost:5432/db', 'postgres://[user]@localhost:5432/db'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl', '[secret]'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----', '[secret]'],
    // Paths.
    ['open /home/bob/secret-project: denied', 'open [path]: denied'],
    ['at file:///srv/app/main.js:10', 'at [path]/main.js:10'],
    ['cc -L/srv/lib/private -I/usr/include', 'cc -L[path] -I/usr/include'],
    ['PATH=/opt/x/bin:/usr/bin', 'PATH=[path]:/usr/bin'],
    ['"C:\\Users\\bob\\x.txt"', '"[path]"'],
    ['/work/x/node_modules/undici/lib/core.js', '…/node_modules/undici/lib/core.js'],
    ['/root/go/pkg/mod/golang.org/x/net@v0.1.0/http2/server.go', '…/pkg/mod/golang.org/x/net@v0.1.0/http2/server.go'],
    ['/srv/.gateways/litellm/lib/python3.11/asyncio/base.py', '…/python3.11/asyncio/base.py'],
  ])('%j', (private_, published) => {
    expect(text(private_)).toBe(published);
    // Nothing is left to take out.
    expect(text(published)).toBe(published);
  });

  it.each([
    'listening on 127.0.0.1:8080, [::1]:8080 and 0.0.0.0',
    'GET /health did not answer 200 within 60 s',
    'POST /v1/chat/completions: 1,514 req/s at 10:00:15 on 2026-05-04T10:00:15.000Z',
    '/usr/bin/node, /lib/x86_64-linux-gnu/libc.so.6, /proc/self/stat and/or n/a',
    'kernel 6.1.0-28-amd64, go1.24.3, litellm 1.82.6, h2@1.2.3',
    'name@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'tokens=128, max_tokens: 1024, p99 61.3 ms, CPU µs/req',
    'std::__1::basic_string<char>, a::b::c, v8::internal::Scavenger::Process',
    'memcpy@plt, pthread_cond_wait@@GLIBC_2.3.2, github.com/valyala/fasthttp.(*Client).Do',
  ])('leaves %j', (public_) => {
    expect(text(public_)).toBe(public_);
    expect(symbol(public_)).toBe(public_);
  });

  it('takes no function for a host', () => {
    expect(symbol('threading.local')).toBe('threading.local');
    expect(symbol('run (/home/bob/app/run.py)')).toBe('run ([path]/run.py)');
  });
});
