import { expect, test } from 'vitest';
import { libraryOf } from '../../../src/flamegraph/view/library.js';
import type { NamedFrame } from '../../../src/flamegraph/view/page-data.js';

type Given = Partial<Pick<NamedFrame, 'name' | 'file' | 'module' | 'kind'>>;

test.each<[Given, string]>([
  [{ name: 'memcpy', module: '/lib/x86_64-linux-gnu/libc-2.31.so' }, '/lib/x86_64-linux-gnu/libc-2.31.so'],
  [{ name: 'JavaThread::run()', module: '/usr/lib/jvm/lib/server/libjvm.so' }, '/usr/lib/jvm/lib/server/libjvm.so'],
  [{ name: 'v8::internal::Heap::Scavenge()', module: '/usr/bin/node' }, 'v8'],
  [{ name: 'non-virtual thunk to node::Parser::OnRead', module: '/usr/bin/node' }, 'node'],
  [{ name: 'main', module: '/usr/bin/node' }, '/usr/bin/node'],
  [{ name: 'tokio::runtime::park::Inner::park', module: '/srv/app' }, 'tokio'],
  [{ name: '<hyper::body::Body as http_body::Body>::poll_data', module: '/srv/app' }, 'hyper'],
  [{ name: 'Lio/netty/channel/nio/NioEventLoop;::run', module: '/tmp/perf-312.map' }, 'io.netty'],
  [{ name: 'io.netty.channel.nio.NioEventLoop.run', module: '' }, 'io.netty'],
  [{ name: 'io/netty/channel/nio/NioEventLoop:.run', kind: 'javascript' }, 'io.netty'],
  [
    { name: 'void [System.Private.CoreLib] System.Threading.Thread::StartCallback()', module: '[jit]' },
    'System.Private.CoreLib',
  ],
  [{ name: 'System.Net.Http!System.Net.Http.HttpClient.Send' }, 'System.Net.Http'],
  [{ name: 'io.netty.channel.nio.NioEventLoop.run', module: 'io.netty.channel.nio', kind: 'java' }, 'io.netty'],
  [{ name: 'System.Net.Http.HttpClient.Send()', module: 'System.Net.Http', kind: 'dotnet' }, 'System.Net.Http'],
  [{ name: 'tcp_sendmsg', module: '[kernel]', kind: 'kernel' }, '[kernel]'],
  [{ name: '[unknown]', module: '/tmp/perf-312.map', kind: 'unknown' }, ''],
  [{ name: '[unknown] 0x81d10', module: '/usr/sbin/nginx', kind: 'unknown' }, '/usr/sbin/nginx'],
  [{ name: 'parse', file: '/srv/node_modules/@babel/parser/lib/index.js', kind: 'javascript' }, '@babel/parser'],
  [{ name: 'parse', file: 'webpack://src/parser.ts', kind: 'javascript' }, 'parser.ts'],
  [{ name: 'run', file: '/usr/lib/python3/site-packages/anyio/_core.py', kind: 'python' }, 'anyio'],
  [{ name: 'nginx-7', kind: 'thread' }, ''],
])('%o is a part of %s', (given, library) => {
  expect(libraryOf({ name: '', file: '', module: '', kind: 'native', ...given })).toBe(library);
});
