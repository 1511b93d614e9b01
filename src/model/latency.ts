const DURATION = String.raw`(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+)`;
const SHARE = String.raw`(?:0?\.\d+|0|0\.|1(?:\.0*)?)`;

/** How the mock upstream's latency is written: a duration as Go writes it, or a distribution to draw from. */
export const LATENCY_PATTERN = new RegExp(
  `^(?:${DURATION}|normal\\(${DURATION}, *${DURATION}\\)|lognormal\\(p50=${DURATION}, *p99=${DURATION}\\)|bimodal\\(${DURATION}, *${DURATION}, *${SHARE}\\))$`,
);

export const LATENCY_WORDS =
  'a duration such as 60ms, or normal(60ms,5ms), lognormal(p50=60ms,p99=200ms) or bimodal(60ms,200ms,0.1)';
