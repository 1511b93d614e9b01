import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Kernel } from './kernel.js';

/** Node's sockets are much code: V8 takes 0.1 s of CPU until the last of it is compiled, and a round trip costs a quarter then. */
const WARM_UP_US = 150_000;

/** A byte to and fro on a loopback connection: what gateways do most, writes, reads and epoll. Both ends are here. */
export async function loopbackKernel(): Promise<Kernel> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const accepted: Promise<Socket[]> = once(server, 'connection');
  const near = connect(address.port, '127.0.0.1').setNoDelay(true);
  const [far] = await accepted;
  if (far === undefined) throw new Error('nothing was accepted');
  const byte = Buffer.from('x');
  far.setNoDelay(true).on('data', () => far.write(byte));
  return {
    name: 'loopback',
    warmUpUs: WARM_UP_US,
    run: (steps) =>
      new Promise((resolve, reject) => {
        let left = steps;
        const onByte = () => {
          left -= 1;
          if (left > 0) {
            near.write(byte);
            return;
          }
          near.off('data', onByte).off('error', reject);
          resolve(steps);
        };
        near.on('data', onByte).on('error', reject);
        near.write(byte);
      }),
    close() {
      near.destroy();
      far.destroy();
      server.close();
    },
  };
}
