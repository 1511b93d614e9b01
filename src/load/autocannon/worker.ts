import autocannon from 'autocannon';
import { responseJudge } from '../response-judge.js';
import type { VuWork } from '../workers/vus.js';
import { startDelayMs } from '../workers/vus.js';
import { runWorker } from '../workers/worker-main.js';
import { VirtualUser } from './virtual-user.js';

/** autocannon's own clocks must never end a load or a request: 11 days is the most that a Node timer and they take. */
const NEVER_S = 1_000_000;

/** VUs on autocannon's clients. */
function startVus({ spec, vus, accounting, streams, add }: VuWork): void {
  const judgeBytes = responseJudge(spec);
  const judge = (status: number, body: string) => {
    const bytes = Buffer.from(body);
    return judgeBytes(status, bytes, 0, bytes.length);
  };
  let index = 0;
  autocannon({
    url: spec.origin + spec.path,
    method: 'POST',
    headers: spec.headers,
    body: spec.body,
    connections: vus,
    duration: NEVER_S,
    timeout: NEVER_S,
    // Its own figures go nowhere.
    sampleInt: NEVER_S * 1000,
    excludeErrorStats: true,
    skipAggregateResult: true,
    setupClient: (client) => {
      add(new VirtualUser(client, accounting, judge, streams?.newWatch() ?? null, startDelayMs(index, vus, spec)));
      index += 1;
    },
  });
}

/** Program: a load worker on autocannon's client. */
runWorker(startVus);
