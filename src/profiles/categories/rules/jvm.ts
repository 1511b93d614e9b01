import type { Category, CategoryRule } from '../../../model/category.js';
import { border, inModule, named, weakly } from './rule.js';

/** A Java name's start in all its spellings: `io.netty.util.Timer.run`, `io/netty/util/Timer:.run`, `Lio/netty/util/Timer;::run`. */
const classes = (...prefixes: string[]): string =>
  `^L?(?:${prefixes.map((prefix) => prefix.replaceAll('.', '[./]')).join('|')})`;

const inPackages = (category: Category, ...packages: string[]): CategoryRule =>
  named(category, `${classes(...packages)}[./]`);

/** Executors and event loops run what others have put off. */
const LOOPS = classes(
  'io.netty.channel.(?:nio|epoll|kqueue)\\.\\w*EventLoop',
  'io.netty.util.concurrent.\\w*Executor',
  'java.util.concurrent.(?:ThreadPoolExecutor|ForkJoin\\w+|ScheduledThreadPoolExecutor|FutureTask|Executors)',
  'java.lang.(?:Thread|VirtualThread)\\b',
  'kotlinx.coroutines',
  'scala.concurrent',
  'akka.(?:dispatch|actor)',
  'org.apache.pekko.(?:dispatch|actor)',
  'reactor.core.scheduler',
  'org.eclipse.jetty.util.thread',
  'org.apache.tomcat.util.threads',
);

/** Languages on the JVM, and their standard libraries. */
const RUNTIMES = [
  'java',
  'javax',
  'jdk',
  'sun',
  'com.sun',
  'com.oracle',
  'kotlin',
  'kotlinx',
  'scala',
  'groovy',
  'clojure',
  'org.codehaus.groovy',
  'org.graalvm',
  'org.mozilla.javascript',
];

/** Code that isn't a program's own: without a rule it counts for its callers. */
const LIBRARIES = [
  ...RUNTIMES,
  'jakarta',
  'akka',
  'io.netty',
  'io.vertx',
  'io.grpc',
  'io.reactivex',
  'reactor',
  'rx',
  'org.apache',
  'org.springframework',
  'org.eclipse',
  'org.hibernate',
  'org.jboss',
  'org.codehaus',
  'org.objectweb',
  'org.scalatest',
  'org.scalacheck',
  'org.junit',
  'org.vertx',
  'com.google',
  'com.fasterxml',
  'com.github.benmanes',
  'com.zaxxer',
  'sbt',
  'xsbt',
];

/** The JVM: HotSpot's C++, its compilers and collectors, the JDK, and well-known libraries. */
export const JVM_RULES: readonly CategoryRule[] = [
  named(
    'gc',
    '^(?:oopDesc\\* |void )?(?:G1\\w*|PS(?:PromotionManager|Scavenge|ParallelCompact|MarkSweep|YoungGen|OldGen|RootsClosure\\w*|KeepAliveClosure)|ParMarkBitMap\\w*|ParallelTaskTerminator|TaskTerminator|StealTask|(?:Old|Scavenge)\\w*RootsTask|GCTask(?:Thread|Manager)|GangWorker|(?:Par|Abstract)\\w*GangTask|ConcurrentMark\\w*|CM(?:S\\w*|Task)|DefNew\\w*|ParNew\\w*|CardTable\\w*|GenCollectedHeap|GenMarkSweep|MarkSweep|Shenandoah\\w*|Z(?:Mark|Relocat|Heap|Driver|Collector|Generation|Page|Barrier|Worker)\\w*|VM_(?:G1|GenCollect|ParallelGC|CGC|CMS|Collect)\\w*|SpinPause|InstanceKlass::oop_\\w+|objArrayKlass::oop_\\w+)(?:::|<|$)',
  ),
  named(
    'allocation',
    '^(?:CollectedHeap::(?:common_)?\\w*(?:mem_)?allocate|MemAllocator|ThreadLocalAllocBuffer|OptoRuntime::(?:new|multianew)|InterpreterRuntime::(?:_new|anewarray|newarray|multianewarray)|Runtime1::new|InstanceKlass::allocate|TypeArrayKlass::allocate|ObjArrayKlass::allocate)',
  ),
  named(
    'allocation',
    classes(
      'io.netty.buffer.(?:Pool|PooledByteBufAllocator|UnpooledByteBufAllocator)',
      'io.netty.util.Recycler',
      'java.nio.(?:Direct|Heap)ByteBuffer\\b.*(?:allocate|<init>|Cleaner)',
    ),
  ),
  // The compilers' threads. Their time depends on how warm the code is.
  named('runtime', '^(?:CompileBroker|C1?2?Compiler|Compile|Compilation|PhaseIdealLoop|CompilationPolicy)::'),
  named('locks', '^(?:ObjectMonitor|ObjectSynchronizer|Parker|ParkEvent|Monitor|Mutex)::|^Unsafe_(?:Un)?[Pp]ark'),
  named('locks', classes('java.util.concurrent.locks', '(?:jdk.internal|sun).misc.Unsafe[;:.]*(?:park|unpark)\\b')),
  border(named('scheduling', LOOPS)),
  weakly(named('scheduling', LOOPS)),
  inPackages('scheduling', 'io.netty.util.concurrent', 'java.util.concurrent'),
  inPackages('json', 'com.fasterxml.jackson', 'com.google.gson', 'org.json', 'com.alibaba.fastjson2?', 'jakarta.json'),
  inPackages(
    'json',
    'javax.json',
    'io.vertx.core.json',
    'com.jsoniter',
    'com.dslplatform.json',
    'com.squareup.moshi',
    'kotlinx.serialization.json',
    'play.api.libs.json',
    'io.circe',
    'net.minidev.json',
  ),
  inPackages(
    'tls',
    'sun.security',
    'javax.net.ssl',
    'javax.crypto',
    'com.sun.crypto',
    'io.netty.handler.ssl',
    'io.netty.internal.tcnative',
    'org.bouncycastle',
    'org.conscrypt',
  ),
  inPackages(
    'compression',
    'java.util.zip',
    'io.netty.handler.codec.compression',
    'com.github.luben.zstd',
    'net.jpountz',
    'org.xerial.snappy',
  ),
  inPackages(
    'logging',
    'org.slf4j',
    'ch.qos.logback',
    'org.apache.logging',
    'org.apache.log4j',
    'org.apache.commons.logging',
    'java.util.logging',
    'io.micrometer',
    'io.prometheus',
    'io.opentelemetry',
    'com.codahale.metrics',
  ),
  inPackages('auth', 'org.springframework.security', 'io.jsonwebtoken', 'com.auth0', 'com.nimbusds'),
  inPackages('routing', 'io.vertx.ext.web.impl', 'org.springframework.cloud.gateway'),
  inPackages(
    'http',
    'io.netty.handler.codec',
    'io.vertx.core.http',
    'io.vertx.ext.web',
    'org.vertx.java.core.http',
    'org.apache.(?:http|hc|catalina|coyote|cxf)',
    'org.eclipse.jetty',
    'org.springframework.(?:web|http)',
    'org.glassfish.(?:grizzly|jersey)',
    'io.undertow',
    'io.grpc',
    'okhttp3?',
    'reactor.netty',
    'akka.http',
    'javax.servlet',
    'jakarta.servlet',
    'java.net.http',
    'jdk.internal.net.http',
    'sun.net.www',
    'com.sun.net.httpserver',
    'io.micronaut.http',
    'io.helidon',
  ),
  inPackages(
    'network',
    'sun.nio.ch',
    'java.nio.channels',
    'java.net',
    'io.netty.channel',
    'org.vertx.java.core.net',
    'io.vertx.core.net',
  ),
  // Scripts that Rhino compiled.
  inPackages('own', 'org.mozilla.javascript.gen'),
  named(
    'own',
    `^L?(?!(?:${LIBRARIES.map((each) => each.replaceAll('.', '[./]')).join('|')})[./])(?:(?:[a-z_][\\w$]*/){2,}|(?:[a-z_][\\w$]*\\.){2,})[A-Z$][\\w$]*(?:;?:?[.:]|\\[)`,
  ),
  weakly(named('runtime', `${classes(...RUNTIMES)}[./]`)),
  weakly(
    named(
      'runtime',
      '^(?:Interpreter|call_stub|(?:v|i)table stub|StubRoutines.*|JavaCalls::.*|JavaThread::.*|java_start|thread_native_entry|thread_entry|OptoRuntime::.*|SharedRuntime::.*|InterpreterRuntime::.*|JVM_\\w+|jni_\\w+|Java_\\w+|jbyte_\\w+|jint_\\w+|jlong_\\w+|arrayof_\\w+|checkcast_arraycopy\\w*)(?:\\(|$)',
    ),
  ),
  // What HotSpot generates beside methods, as it names it for perf: `I2C/C2I adapters`, `_new_array_Java`, `wrong_method_stub`.
  weakly({
    category: 'runtime',
    name: '^(?:I2C/C2I adapters|\\w+Blob|\\w*(?:_Java|_stub|Stub)|[\\w ]+ Runtime1 stub|[vi]table chunks|MethodHandlesAdapterBlob|native nmethod|.*[Ss]tubs?(?: \\(.*\\))?)$',
    module: '^\\[jit\\]$',
    weak: true,
  }),
  weakly(inModule('runtime', '/lib(?:jvm|java|nio|net|zip|jimage|verify|instrument|jli|extnet)\\.so$')),
];

/** Threads of the collectors. Packages strip libjvm.so, so that their functions have no names. */
export const JVM_GC_THREAD =
  /^(?:GC Thread#\d|G1 (?:Conc|Refine|Main Marker|Service|Young)|Gang worker#|Concurrent Mark|CMS |Par(?:Old|GC)|Shenandoah|Z(?:Worker|Driver|Director|Stat|Uncommitter|Unmapper|Relocat))/;
