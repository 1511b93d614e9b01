import { classOfStatus } from '../failure-class.js';
import { startDelayMs } from '../start-spread.js';
import type { VuWork } from '../workers/vus.js';
import { bodyCheck } from './body-check.js';
import { preparedRequest } from './request-bytes.js';
import { AnswerParser } from './response-parser.js';
import { type Common, VirtualUser } from './virtual-user.js';

/** Of a failed answer's body, what is made text of: more than people are shown. */
const DETAIL_BYTES = 1000;

/** VUs on sockets of our own. */
export function startVus({ spec, vus, ledger, add }: VuWork): void {
  const request = preparedRequest(spec);
  const common: Common = { request, ledger, judge: judgeOf(spec.stream), parser: new AnswerParser() };
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
