import { newRandom } from '../../../common/random.js';
import { classesCounted, NO_CLASS } from '../class-accounting.js';
import type { LoadSpec, RequestMix } from '../engine.js';
import { type ResponseJudge, responseJudge } from '../response-judge.js';
import { preparedRequest } from './request-bytes.js';

/** One of several requests, ready to be written, and the judge of its answers. */
export interface PreparedKind {
  bytes: Buffer;
  judge: ResponseJudge;
  /** Of the mix's classes; {@link NO_CLASS} where they aren't counted apart. */
  classIndex: number;
}

/** Places of a round: shares are exact to a thousandth of all requests. */
const ROUND = 1000;

/**
 * The requests of a mix, and the order in which each VU sends them. Classes come in rounds that hold each of them as
 * often as its weight says, shuffled by the seed, and each VU begins at a place of its own: so every gateway gets the
 * same shares, and not such as chance gives.
 */
export class PreparedMix {
  readonly #classes: PreparedKind[][];
  /** Class by place in the round. */
  readonly #round: Uint16Array;
  /** What comes next within each class: its requests are taken in turn by all VUs of the worker. */
  readonly #next: number[];

  /** @param firstVu how many of all VUs other workers have before this one's */
  constructor(
    spec: Pick<LoadSpec, 'origin' | 'path' | 'headers'>,
    mix: RequestMix,
    private readonly place: { firstVu: number; vus: number },
  ) {
    const judges = new Map<string, ResponseJudge>();
    const counted = classesCounted(mix) > 0;
    this.#classes = mix.classes.map(({ requests }, index) =>
      requests.map(({ body, expected }) => {
        // What right bodies look like is learnt once for all requests that have the same answer.
        const key = JSON.stringify(expected);
        const judge = judges.get(key) ?? responseJudge(expected);
        judges.set(key, judge);
        return { bytes: preparedRequest({ ...spec, body }).bytes, judge, classIndex: counted ? index : NO_CLASS };
      }),
    );
    this.#round = roundOf(mix);
    this.#next = this.#classes.map((kinds) => Math.floor((kinds.length * place.firstVu) / place.vus));
  }

  /** The schedule of one VU. @param index among all VUs of the load */
  drawFor(index: number): () => PreparedKind {
    const round = this.#round;
    let at = Math.floor((round.length * index) / this.place.vus) % round.length;
    return () => {
      const kind = this.#take(round[at] ?? 0);
      at = at + 1 === round.length ? 0 : at + 1;
      return kind;
    };
  }

  /** A certain request of the first class. */
  request(index: number): PreparedKind {
    return this.#at(0, index);
  }

  #take(classIndex: number): PreparedKind {
    const next = this.#next[classIndex] ?? 0;
    this.#next[classIndex] = (next + 1) % (this.#classes[classIndex]?.length ?? 1);
    return this.#at(classIndex, next);
  }

  #at(classIndex: number, index: number): PreparedKind {
    const kind = this.#classes[classIndex]?.[index];
    if (kind === undefined) throw new Error(`class ${classIndex} has no request ${index}`);
    return kind;
  }
}

/** Each class as often as its weight says, at least once, shuffled (Fisher and Yates). */
export function roundOf({ classes, seed }: Pick<RequestMix, 'classes' | 'seed'>): Uint16Array {
  if (classes.length === 1) return new Uint16Array(1);
  const weights = classes.reduce((sum, { weight }) => sum + weight, 0);
  const round = Uint16Array.from(
    classes.flatMap(({ weight }, index) =>
      new Array<number>(Math.max(1, Math.round((ROUND * weight) / weights))).fill(index),
    ),
  );
  const random = newRandom(seed);
  for (let last = round.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    const kept = round[last] ?? 0;
    round[last] = round[chosen] ?? 0;
    round[chosen] = kept;
  }
  return round;
}
