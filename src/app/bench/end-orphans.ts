import { endOrphans } from '../../lib/orphans.js';

/**
 * Before a run: end what a killed gatebench has left behind. It would hold ports and take CPU.
 * @param status takes the line that says so; not called where there was nothing
 */
export async function endLeftovers(status: (text: string) => void): Promise<void> {
  const { processes, folders } = await endOrphans();
  const ended = processes.map(({ pid, program }) => `${program} (PID ${pid})`).join(', ');
  const removed = folders.length === 0 ? '' : `removed ${folders.join(', ')}`;
  const what = [ended === '' ? '' : `ended ${ended}`, removed].filter(Boolean).join('; ');
  if (what !== '') status(`cleaned up after a gatebench that was killed: ${what}`);
}
