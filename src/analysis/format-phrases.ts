/** `2 %`, `0.18 %`: a share in words, for messages; at most three significant digits. */
export function share(value: number): string {
  return `${Number((value * 100).toPrecision(3))} %`;
}

/** `1.25 ms` from microseconds, for messages. */
export function milliseconds(us: number): string {
  return `${Number((us / 1000).toPrecision(3))} ms`;
}

/** `53,500`, for messages. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
