/** A second at the highest rate that one worker is known to reach has fewer; a longer one grows the list. */
const FIRST_SIZE = 32_768;

/** Whole microseconds, added one by one and taken all at once, without an object for each. */
export class LatencyList {
  #values = new Uint32Array(FIRST_SIZE);
  #length = 0;

  push(latencyUs: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = Math.round(latencyUs);
    this.#length += 1;
  }

  /** All of them, in order; the list is empty then. */
  take(): Uint32Array {
    const taken = this.#values.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
