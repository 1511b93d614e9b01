import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { LoadSpec, RequestMix } from '../engine.js';
import { responseJudge } from '../response-judge.js';
import type { VuWork } from '../workers/vus.js';
import { startDelayMs } from '../workers/vus.js';
import { runWorker } from '../workers/worker-main.js';
import { OpenLoop } from './open-loop.js';
import { PreparedMix } from './prepared-mix.js';
import { preparedRequest } from './request-bytes.js';
import { ResponseParser } from './response-parser.js';
import { StagedLoop } from './staged-loop.js';
import { VirtualUser } from './virtual-user.js';
import type { VuContext } from './vu-context.js';

/** VUs on sockets. */
function startVus(work: VuWork): void {
  const { spec, vus, accounting, streams, add } = work;
  const isRecorded = spec.arrivals?.recordedS !== undefined;
  const request = preparedRequest(spec);
  const context: VuContext = {
    pacer: null,
    request,
    secureContext: request.secure ? secureContextOf(spec) : null,
    mix: spec.mix === undefined || isRecorded ? null : preparedMix(work, spec.mix),
    accounting,
    streams,
    judge: responseJudge(spec),
    parser: new ResponseParser(),
  };
  let users = 0;
  const newUser = () => {
    const vu = new VirtualUser(context, work.firstVu + users);
    users += 1;
    add(vu);
    return vu;
  };
  if (spec.arrivals !== undefined) {
    const openLoop = new OpenLoop({ ...work, arrivals: spec.arrivals, newUser });
    context.pacer = openLoop;
    if (spec.mix !== undefined && isRecorded) context.mix = recordedMix(work, spec.mix, () => openLoop.request);
    work.reportArrivals((closedUs) => openLoop.report(closedUs));
    openLoop.begin();
    return;
  }
  if (spec.stages !== undefined) {
    const staged = new StagedLoop({ ...work, stages: spec.stages, share: vus / spec.vus, newUser });
    context.pacer = staged;
    work.addTimer(staged.begin());
    return;
  }
  for (let index = 0; index < vus; index += 1) {
    newUser().begin(startDelayMs(index, vus, spec));
  }
}

/** One for all connections: making it reads every certificate that is trusted. */
function secureContextOf({ caFile }: LoadSpec): SecureContext {
  return createSecureContext(caFile === undefined ? {} : { ca: readFileSync(caFile) });
}

/** Of an open loop, all connections of a worker take their requests from one order: which of them is free says nothing of what is due. */
function preparedMix({ spec, firstVu, share }: VuWork, mix: RequestMix): Pick<PreparedMix, 'drawFor'> {
  if (spec.arrivals === undefined) return new PreparedMix(spec, mix, { firstVu, vus: spec.vus });
  const draw = new PreparedMix(spec, mix, { firstVu: share.worker, vus: share.workers }).drawFor(share.worker);
  return { drawFor: () => draw };
}

/** Of recorded arrivals each request has its own time: one that was given up is left out, and the next one keeps its place. */
function recordedMix({ spec }: VuWork, mix: RequestMix, next: () => number): Pick<PreparedMix, 'drawFor'> {
  const prepared = new PreparedMix(spec, mix, { firstVu: 0, vus: 1 });
  return { drawFor: () => () => prepared.request(next()) };
}

/** Program: a load worker on sockets of its own. */
runWorker(startVus);
