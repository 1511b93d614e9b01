import { classOfStatus } from '../failure-class.js';
import type { VuWork } from '../workers/vus.js';
import { startDelayMs } from '../workers/vus.js';
import { runWorker } from '../workers/worker-main.js';
import { bodyCheck } from './body-check.js';
import { preparedRequest } from './request-bytes.js';
import { ResponseParser } from './response-parser.js';
import { type Common, VirtualUser } from './virtual-user.js';

/** Of a failed response's body, what is made text of: more than people are shown. */
const DETAIL_BYTES = 1000;

/** VUs on plain sockets. */
function startVus({ spec, vus, accounting, add }: VuWork): void {
  const request = preparedRequest(spec);
  const common: Common = { request, accounting, judge: judgeOf(spec.stream), parser: new ResponseParser() };
  for (let index = 0; index < vus; index += 1) {
    const vu = new VirtualUser(common);
    add(vu);
    vu.begin(startDelayMs(index, vus, spec.warmupS));
  }
}

function judgeOf(stream: boolean): Common['judge'] {
  const check = bodyCheck(stream);
  return ({ status, body, bodyFrom, bodyTo }) => {
    const failureClass = classOfStatus(status) ?? (check(body, bodyFrom, bodyTo) ? null : 'bad_body');
    if (failureClass === null) return null;
    const detail = body.toString('utf8', bodyFrom, Math.min(bodyTo, bodyFrom + DETAIL_BYTES));
    return { class: failureClass, status, detail };
  };
}

/** Program: a load worker on sockets of its own. */
runWorker(startVus);
