import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...words: string[]) => run('ip', words);

/** A network namespace in the place of a machine, and its way to this one. */
export interface Cable {
  namespace: string;
  address: string;
  /** Of this machine, as the other one sees it. */
  ourAddress: string;
  set(up: boolean): Promise<void>;
  remove(): Promise<void>;
}

const id = String(process.pid % 100_000);

/** A /30 of its own for each test process. @param nth of those that a test process has at once, from 0 */
export async function ownCable(nth = 0): Promise<Cable> {
  const namespace = `gb-${id}-${nth}`;
  const [here, there] = [`gbh${id}n${nth}`, `gbn${id}n${nth}`];
  const net = `10.${213 + nth}.${(process.pid >> 6) & 255}`;
  const base = (process.pid & 63) * 4;
  const ourAddress = `${net}.${base + 1}`;
  const address = `${net}.${base + 2}`;
  await ip('netns', 'add', namespace);
  await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', namespace);
  await ip('addr', 'add', `${ourAddress}/30`, 'dev', here);
  await ip('link', 'set', here, 'up');
  await giveAddress(namespace, there, `${address}/30`);
  // Another machine's link is reached through ours.
  await ip('-n', namespace, 'route', 'add', 'default', 'via', ourAddress);
  return {
    namespace,
    address,
    ourAddress,
    set: async (up) => void (await ip('link', 'set', here, up ? 'up' : 'down')),
    remove: async () => void (await ip('netns', 'del', namespace)),
  };
}

/** Why no {@link lan} can be had here; null where it can. Asked where namespaces can be made. */
export function noLan(): string | null {
  const probe = `gb-${id}-probe`;
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'ignore' });
    execFileSync('ip', ['-n', probe, 'link', 'add', 'br0', 'type', 'bridge'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'this kernel has no bridges';
  } finally {
    spawnSync('ip', ['netns', 'del', probe], { stdio: 'ignore' });
  }
}

/** Machines that reach one another too: a switch in a namespace of its own, where no firewall of this machine looks. */
export interface Lan {
  plug(nth: number): Promise<Cable>;
  remove(): Promise<void>;
}

export async function lan(): Promise<Lan> {
  const hub = `gb-${id}-hub`;
  const net = `10.${200 + (process.pid % 10)}.${(process.pid >> 4) & 255}`;
  const ourAddress = `${net}.1`;
  const here = `gbl${id}`;
  await ip('netns', 'add', hub);
  await ip('-n', hub, 'link', 'add', 'br0', 'type', 'bridge');
  await ip('-n', hub, 'link', 'set', 'br0', 'up');
  const connect = async (end: string) => {
    await ip('-n', hub, 'link', 'set', end, 'master', 'br0');
    await ip('-n', hub, 'link', 'set', end, 'up');
  };
  await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', 'us', 'netns', hub);
  await connect('us');
  await ip('addr', 'add', `${ourAddress}/24`, 'dev', here);
  await ip('link', 'set', here, 'up');
  return {
    plug: async (nth) => {
      const namespace = `gb-${id}-lan${nth}`;
      const [there, end] = ['eth0', `port${nth}`];
      const address = `${net}.${10 + nth}`;
      await ip('netns', 'add', namespace);
      await ip('-n', hub, 'link', 'add', end, 'type', 'veth', 'peer', 'name', there, 'netns', namespace);
      await connect(end);
      await giveAddress(namespace, there, `${address}/24`);
      return {
        namespace,
        address,
        ourAddress,
        set: async (up) => void (await ip('-n', hub, 'link', 'set', end, up ? 'up' : 'down')),
        remove: async () => void (await ip('netns', 'del', namespace)),
      };
    },
    remove: async () => void (await ip('netns', 'del', hub)),
  };
}

async function giveAddress(namespace: string, device: string, address: string): Promise<void> {
  await ip('-n', namespace, 'addr', 'add', address, 'dev', device);
  await ip('-n', namespace, 'link', 'set', device, 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
}
