import { expect, test } from 'vitest';
import { shortName } from '../../../src/flamegraph/view/labels.js';

test.each([
  ['github.com/go-chi/chi/v5.(*Mux).ServeHTTP', 'v5.(*Mux).ServeHTTP'],
  ['net/http.(*conn).serve', 'http.(*conn).serve'],
  ['v8::internal::Scavenger::Process(v8::JobDelegate*)', 'Scavenger::Process'],
  [
    'non-virtual thunk to node::(anonymous namespace)::Parser::OnStreamRead(long, uv_buf_t const&)',
    'Parser::OnStreamRead',
  ],
  ['io.netty.channel.nio.NioEventLoop.run', 'NioEventLoop.run'],
  ['Lio/netty/channel/nio/NioEventLoop;::run', 'NioEventLoop;::run'],
  ['tcp_sendmsg_locked', 'tcp_sendmsg_locked'],
  ['(anonymous 40:12)', '(anonymous 40:12)'],
  ['<script>', '<script>'],
  ['::', '::'],
])('%s is shortened to %s', (name, short) => {
  expect(shortName(name, 0, (text) => text.length)).toBe(short);
  expect(shortName(name, name.length, (text) => text.length)).toBe(name);
});
