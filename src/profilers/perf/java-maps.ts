import { existsSync } from 'node:fs';
import { messageOf } from '../../lib/errors.js';
import { commandJvm, isJvm } from './jvm-attach.js';
import { symbolMap } from './symbol-maps.js';

/** What the JVMs among the profiled processes wrote for perf. */
interface JavaMaps {
  /** Those that have a map now, and had none before. */
  pids: number[];
  /** For people: whose methods have no names or no callers, and what to do about it. */
  caveats: string[];
}

export const NO_JAVA_MAPS: JavaMaps = { pids: [], caveats: [] };

/**
 * Asks each JVM to write down the names of all that it has compiled. Code that it has thrown away by then has none, so ask
 * when the sampling ends. Anything that isn't a JVM is left alone.
 */
export async function writeJavaMaps(pids: readonly number[]): Promise<JavaMaps> {
  const written: JavaMaps = { pids: [], caveats: [] };
  for (const pid of pids.filter(isJvm)) {
    const had = existsSync(symbolMap(pid));
    try {
      await commandJvm(pid, 'Compiler.perfmap');
      if (!had) written.pids.push(pid);
      const flags = await commandJvm(pid, 'VM.flags').catch(() => null);
      if (flags !== null && !flags.includes('+PreserveFramePointer')) {
        written.caveats.push(
          `Callers of Java methods are missing or wrong: process ${pid} runs without -XX:+PreserveFramePointer.`,
        );
      }
    } catch (error) {
      written.caveats.push(`Java methods of process ${pid} have no names: ${reasonOf(messageOf(error))}.`);
    }
  }
  return written;
}

function reasonOf(message: string): string {
  return message.includes('Unknown diagnostic command')
    ? 'its JVM has no Compiler.perfmap, which JDK 17 and later have'
    : message.replace(/\.$/, '');
}
