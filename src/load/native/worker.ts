import { runWorker } from '../workers/worker-main.js';
import { startVus } from './start-vus.js';

/** Program: a load worker on sockets of our own. */
runWorker(startVus);
