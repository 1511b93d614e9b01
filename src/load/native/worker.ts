import { TextEvents } from '../answer-start.js';
import { responseJudge } from '../response-judge.js';
import type { VuWork } from '../workers/vus.js';
import { startDelayMs } from '../workers/vus.js';
import { runWorker } from '../workers/worker-main.js';
import { PreparedMix } from './prepared-mix.js';
import { preparedRequest } from './request-bytes.js';
import { ResponseParser } from './response-parser.js';
import { type Common, VirtualUser } from './virtual-user.js';

/** VUs on plain sockets. */
function startVus({ spec, vus, firstVu, accounting, add }: VuWork): void {
  const common: Common = {
    request: preparedRequest(spec),
    mix: spec.mix === undefined ? null : new PreparedMix(spec, spec.mix, { firstVu, vus: spec.vus }),
    accounting,
    textEvents: spec.stream ? new TextEvents() : null,
    judge: responseJudge(spec),
    parser: new ResponseParser(),
  };
  for (let index = 0; index < vus; index += 1) {
    const vu = new VirtualUser(common, firstVu + index);
    add(vu);
    vu.begin(startDelayMs(index, vus, spec.warmupS));
  }
}

/** Program: a load worker on sockets of its own. */
runWorker(startVus);
