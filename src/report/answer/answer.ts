/** What a run says to the question it was made for. */
export interface Answer {
  headline: string;
  /** By how much, how sure it is, and what else belongs to it. */
  sentences: string[];
}

/** The best gateway by one metric. */
export interface BestFigure {
  /** `Least CPU per request`. */
  title: string;
  gateway: string;
  /** `46.6 µs`. */
  value: string;
  /** Where, and how surely. */
  note: string;
}
