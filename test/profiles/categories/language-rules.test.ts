import { describe, expect, it } from 'vitest';
import type { Category } from '../../../src/model/category.js';
import type { FrameKind } from '../../../src/model/profile.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { blankMeta, ProfileBuilder } from '../../../src/profiles/profile-builder.js';

/** The category of a stack's leaf. @param names root first */
const categoryOf = (...names: string[]) => categoryAs('native', names);

function categoryAs(kind: FrameKind, names: readonly string[]): Category | undefined {
  const builder = new ProfileBuilder();
  const frames = names.map((name) => builder.frame({ name, file: null, line: null, module: null, kind }));
  builder.add(frames, 1, 1);
  return categorise(builder.build(blankMeta({ title: 'stack', unit: 'samples' }))).stackCategories[0];
}

describe.each([
  ['perf’s map', (name: string) => `L${name.replaceAll('.', '/').replace(/\/(\w+)$/, ';::$1')}`],
  ['folded stacks', (name: string) => name.replaceAll('.', '/').replace(/\/(\w+)$/, ':.$1')],
  ['async-profiler', (name: string) => name],
])('a Java function, as in %s,', (_, spelled) => {
  it.each<[string, Category]>([
    ['io.netty.channel.nio.NioEventLoop.processSelectedKey', 'network'],
    ['sun.nio.ch.SocketChannelImpl.write', 'network'],
    ['io.netty.handler.codec.http.HttpObjectDecoder.decode', 'http'],
    ['org.springframework.web.servlet.DispatcherServlet.doDispatch', 'http'],
    ['com.fasterxml.jackson.core.json.UTF8StreamJsonParser.nextToken', 'json'],
    ['sun.security.ssl.SSLEngineImpl.wrap', 'tls'],
    ['java.util.zip.Deflater.deflate', 'compression'],
    ['org.slf4j.Logger.info', 'logging'],
    ['java.util.concurrent.locks.ReentrantLock.lock', 'locks'],
    ['io.netty.buffer.PoolArena.allocate', 'allocation'],
    ['java.util.HashMap.get', 'runtime'],
    ['com.acme.gateway.Router.choose', 'own'],
  ])('%s is %s', (name, category) => {
    expect(categoryOf(spelled(name))).toBe(category);
  });

  it('counts for its caller if it is of a library, and for nobody behind an executor', () => {
    const app = spelled('com.acme.gateway.Router.choose');
    const pool = spelled('java.util.concurrent.ThreadPoolExecutor.runWorker');
    expect(categoryOf(app, spelled('java.util.HashMap.get'))).toBe('own');
    expect(categoryOf(app, spelled('org.apache.commons.lang.StringUtils.trim'))).toBe('own');
    expect(categoryOf(app, pool, spelled('java.util.HashMap.get'))).toBe('runtime');
  });
});

it.each<[string, Category]>([
  ['java_start(Thread*);GCTaskThread::run();StealTask::do_it', 'gc'],
  ['JavaThread::run();CompileBroker::compiler_thread_loop();PhaseChaitin::Register_Allocate()', 'runtime'],
  ['Interpreter', 'runtime'],
  ['hyper::proto::h1::dispatch::Dispatcher::poll', 'http'],
  ['<serde_json::de::Deserializer<R> as serde::Deserializer>::deserialize', 'json'],
  ['serde_json::from_slice;core::str::from_utf8', 'json'],
  ['rustls::conn::ConnectionCommon::process', 'tls'],
  ['parking_lot::raw_mutex::RawMutex::lock_slow', 'locks'],
  ['__rust_alloc', 'allocation'],
  ['tokio::runtime::task::harness::poll;core::ptr::drop_in_place', 'runtime'],
  ['std::rt::lang_start;emulator::main;emulator::cpu::step', 'own'],
  ['gate::main::h0123456789abcdef;core::iter::Iterator::next', 'own'],
  ['void [System.Private.CoreLib] System.Threading.ThreadPoolWorkQueue::Dispatch()', 'scheduling'],
  ['instance void [System.Net.Sockets] System.Net.Sockets.SocketAsyncEngine::EventLoop()', 'network'],
  ['System.Text.Json!System.Text.Json.JsonSerializer.Serialize', 'json'],
  ['class X [Microsoft.AspNetCore.Routing] Microsoft.AspNetCore.Routing.Matcher::MatchAsync()', 'routing'],
  ['Acme.Gateway!Acme.Gateway.Router.Choose', 'own'],
  ['Acme.Gateway!Acme.Gateway.Router.Choose;System.Private.CoreLib!System.String.Concat', 'own'],
  ['SVR::gc_heap::mark_object_simple', 'gc'],
  ['nlohmann::basic_json<>::parse', 'json'],
  ['boost::asio::detail::scheduler::run', 'scheduling'],
  ['spdlog::logger::log', 'logging'],
  ['std::lock_guard<std::mutex>::lock_guard', 'locks'],
  ['Envoy::Http::ConnectionManagerImpl::onData', 'http'],
])('%s is %s', (stack, category) => {
  expect(categoryOf(...stack.split(';'))).toBe(category);
});

it.each<[string, string, Category]>([
  ['count', '/srv/gateway/handler.lua', 'own'],
  ['access_by_lua(nginx.conf:12) (main chunk)', 'access_by_lua(nginx.conf:12)', 'own'],
  ['decode', '/usr/share/lua/5.1/cjson/util.lua', 'json'],
  ['request', '/usr/local/share/lua/5.1/resty/http.lua', 'http'],
  ['query', '/usr/local/openresty/lualib/resty/dns/resolver.lua', 'network'],
  ['match', '/usr/local/share/lua/5.1/resty/router/utils.lua', 'routing'],
  ['verify', '/usr/local/share/lua/5.1/resty/jwt.lua', 'auth'],
  ['observe', '/usr/local/share/lua/5.1/resty/prometheus.lua', 'logging'],
  ['get', '/usr/share/lua/5.1/resty/lrucache.lua', 'runtime'],
  ['split', '/usr/share/lua/5.1/pl/stringx.lua', 'runtime'],
])('compiled Lua, %s of %s, is %s', (name, file, category) => {
  const builder = new ProfileBuilder();
  builder.add([builder.frame({ name, file, line: 1, module: null, kind: 'lua' })], 1, 1);
  expect(categorise(builder.build(blankMeta({ title: 'stack', unit: 'samples' }))).stackCategories).toEqual([category]);
});

it.each<[string, Category]>([
  ['GC Thread#0', 'gc'],
  ['G1 Conc#0', 'gc'],
  ['ZWorkerYoung#0', 'gc'],
  ['C2 CompilerThre', 'runtime'],
  ['http-nio-8080-e', 'runtime'],
])('what a stripped JVM does in its thread %s is %s', (comm, category) => {
  const builder = new ProfileBuilder();
  const frame = builder.frame({
    name: '[unknown] 0x81d10',
    file: null,
    line: null,
    module: '/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so',
    kind: 'unknown',
  });
  builder.add([frame], 1, 1, { thread: builder.thread({ comm, pid: 1, tid: 2 }) });
  expect(categorise(builder.build(blankMeta({ title: 'stack', unit: 'samples' }))).stackCategories).toEqual([category]);
});

it('takes no Go package, C++ class or script for Java', () => {
  expect(categoryOf('github.com/acme/gate.Router.Choose')).toBe('unknown');
  expect(categoryOf('JavaScriptCore::Parser::parse')).toBe('unknown');
});

it('knows frames of these languages by their kind', () => {
  expect(categoryAs('java', ['com.acme.Main.run', 'java.util.HashMap.get'])).toBe('own');
  expect(categoryAs('dotnet', ['System.Threading.ThreadPoolWorkQueue.Dispatch()'])).toBe('scheduling');
  expect(categoryAs('dotnet', ['Acme.Gateway.Router.Choose()', 'System.String.Concat(string, string)'])).toBe('own');
  expect(categoryAs('dotnet', ['System.Text.Json.JsonSerializer.Serialize(object)'])).toBe('json');
});
