import type { CategoryRule } from '../../../model/category.js';
import { named, weakly } from './rule.js';

/** Go's names start with the package path: `net/http.(*conn).serve`, `github.com/valyala/fasthttp.(*Client).Do`. */
export const GO_RULES: readonly CategoryRule[] = [
  // The garbage collector, including assists by other goroutines, but not stack growth.
  named(
    'gc',
    '^runtime\\.(gc[A-Z]\\w*|bgsweep|bgscavenge|scan(object|block|stack|Object|Stack|frame\\w*|Conservative)|greyobject|mark(root\\w*|Bits\\w*|BitsForSpan)|tryDeferToSpanScan|findObject|spanOf|heapBits\\w*|wbBuf\\w*|wbMove|wbZero|bulkBarrier\\w*|typedmemmove\\.bulk|sweepone|deductSweepCredit|shade|suspendG|resumeG|stopTheWorld\\w*|startTheWorld\\w*|drainworkbufs|scavenge\\w*|pollWork)(\\.|$)',
  ),
  named(
    'gc',
    '^runtime\\.\\(\\*(gcWork|gcControllerState|sweepLocker|sweepLocked|activeSweep|gcCPULimiterState|workType|wbBuf|scavengerState|gcBits\\w*|spanScanOwnership|spanInlineMarkBits|spanQueue\\w*)\\)|^runtime\\.gcTrigger|^internal/runtime/gc|^gcWriteBarrier|^runtime\\.gcWriteBarrier',
  ),
  named(
    'allocation',
    '^runtime\\.(mallocgc\\w*|newobject|newarray|makeslice\\w*|growslice\\w*|makemap\\w*|nextFreeFast|persistentalloc\\w*|sysAlloc|sysMap|sysUsed|sysUnused|madvise|mmap|memclrNoHeapPointers\\w*|rawbyteslice|rawstring\\w*)(\\.|$)',
  ),
  named(
    'allocation',
    '^runtime\\.\\(\\*(mcache|mcentral|mheap|mspan|pageAlloc|pallocBits|pallocData|pageCache|fixalloc|spanSet|linearAlloc)\\)|^sync\\.\\(\\*[pP]ool',
  ),
  // Locks. Threads of the scheduler sleep on futexes too: see findRunnable below.
  named(
    'locks',
    '^runtime\\.(futex\\w*|lock2?|unlock2?|lockWithRank|unlockWithRank|semacquire\\w*|semrelease\\w*|semasleep|semawakeup|notesleep|notewakeup|notetsleep\\w*|sellock|selunlock|procyield|mutexContended)(\\.|$)',
  ),
  named(
    'locks',
    '^(internal/)?sync\\.(\\(\\*(RW)?Mutex\\)|\\(\\*(Cond|WaitGroup|Once)\\)|runtime_\\w*Sem\\w*|runtime_notifyList\\w*|runtime_canSpin|runtime_doSpin|fatal)|^internal/poll\\.\\(\\*fdMutex\\)|^runtime\\.\\(\\*(mutex|rwmutex|semaRoot)\\)',
  ),
  named(
    'network',
    '^runtime\\.(netpoll\\w*|epoll\\w*|kqueue|kevent)(\\.|$)|^runtime/internal/syscall\\.Epoll|^internal/runtime/syscall\\S*\\.Epoll|^internal/poll\\.(runtime_poll\\w+|\\(\\*pollDesc\\)|setDeadlineImpl)',
  ),
  named(
    'network',
    '^net\\.(\\(\\*(conn|netFD|TCP\\w+|UDP\\w+|Unix\\w+|Resolver|Dialer|sysDialer|dnsConfig\\w*|Buffers)\\)|dial|Dial|lookup|parseIP|internetSocket|socket|accept)|^syscall\\.(\\(\\*\\)|Accept|Connect|Sendto|Recvfrom|Sendmsg|Recvmsg|Socket|[gs]etsockopt)',
  ),
  named(
    'scheduling',
    '^runtime\\.(findRunnable|findrunnable|schedule|park_m|goschedImpl|gosched\\w*|Gosched|gopark\\w*|goready\\w*|ready|ready\\.\\w+|execute|runq\\w+|globrunq\\w*|stealWork|checkTimers\\w*|wakep|startm|stopm|mPark|handoffp|resetspinning|injectglist|newproc\\w*|goexit[01]|gfget|gfput|casgstatus|castogscanstatus|usleep\\w*|osyield\\w*|sysmon|retake|preempt\\w*|asyncPreempt\\w*|exitsyscall\\w*|entersyscall\\w*|reentersyscall|chan(recv|send)\\w*|send|recv|selectgo|selectnb\\w*|closechan|acquireSudog|releaseSudog|setBlockOnExitSyscall|dropg|gogo|doSigPreempt|sighandler|mstart1?|signalM|tgkill)(\\.|$)',
  ),
  named(
    'scheduling',
    '^runtime\\.\\(\\*(timers?|timerHeap|waitq|gQueue|gList|sudog|randomOrder|randomEnum|pMask|hchan)\\)|^time\\.(\\(\\*(Timer|Ticker)\\)|newTimer|stopTimer|resetTimer|NewTimer|AfterFunc|After|Sleep)',
  ),
  named(
    'json',
    '^(encoding/json|github\\.com/(bytedance/sonic|goccy/go-json|json-iterator/go|mailru/easyjson|valyala/fastjson|tidwall/(gjson|sjson|match)|segmentio/encoding/json|buger/jsonparser|minio/simdjson-go|cloudwego/base64x))[./]',
  ),
  // Not random numbers and digests: those count for their callers.
  named(
    'tls',
    '^(vendor/)?(golang\\.org/x/)?crypto/(?!rand\\.|subtle\\.|sha|md5|internal/(rand\\.|sysrand|fips140/(drbg|sha)))',
  ),
  named('compression', '^(compress/|github\\.com/(klauspost/compress|andybalholm/brotli|golang/snappy|pierrec/lz4))'),
  named(
    'logging',
    '^(log(/slog)?\\.|log/|log/internal|go\\.uber\\.org/zap|github\\.com/(rs/zerolog|sirupsen/logrus|go-kit/log|go-logr))',
  ),
  named(
    'routing',
    '^github\\.com/(go-chi/chi|fasthttp/router|buaazp/fasthttprouter|julienschmidt/httprouter|gorilla/mux|gin-gonic/gin|labstack/echo|gofiber/fiber)',
  ),
  named('routing', '^net/http\\.\\(\\*(ServeMux|routingNode|routingIndex)\\)'),
  named(
    'http',
    '^(net/http|net/textproto|net/url|mime|vendor/golang\\.org/x/net|golang\\.org/x/net|github\\.com/valyala/(fasthttp|bytebufferpool))[./]',
  ),
  // The program's own package.
  named('own', '^main\\.'),
  weakly(
    named(
      'runtime',
      '^(runtime(?!\\.goexit\\b)|internal/(runtime|abi|bytealg|cpu|goarch)|reflect|sync/atomic|unsafe|type|go|memeqbody|indexbytebody|cmpbody|countbody|aeshashbody)([./:]|$)',
    ),
  ),
];
