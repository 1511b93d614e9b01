/** Node waits for 1,024 sockets at a time; beyond that it asks the kernel again within the same turn. */
const MOST_READS = 900;

/**
 * Tells when what is read in one turn of the event loop arrived: before the turn began. The kernel reports all sockets
 * that are ready at once, and they are read one by one; the last of a hundred is read a millisecond after the first, though
 * it arrived no later. To count from the read would make each of them wait for those before it.
 *
 *   kernel: a b c ready      turn: |read a|read b|read c|      all three arrived before the |
 *
 * Whatever may have arrived within the turn gets the time of its own read, so nothing is dated before it arrived.
 */
export class TurnClock {
  #stampMs = 0;
  #reads = 0;
  #inTurn = false;
  readonly #endTurn = (): void => {
    this.#inTurn = false;
  };

  /**
   * @param nowMs the moment of a read, milliseconds of a monotonic clock
   * @returns a moment not before the bytes of that read arrived, where they are one segment
   */
  arrivedMs(nowMs: number): number {
    if (!this.#inTurn) {
      this.#inTurn = true;
      this.#reads = 0;
      this.#stampMs = nowMs;
      // Immediates run once all sockets that were reported have been read.
      setImmediate(this.#endTurn);
    }
    return ++this.#reads <= MOST_READS ? this.#stampMs : nowMs;
  }
}
