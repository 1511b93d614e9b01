/** One thing that doctor looked at. `warn`: something won't run or won't be exact; `fail`: bench can't work. */
export interface Check {
  subject: string;
  verdict: 'ok' | 'warn' | 'fail';
  message: string;
  hint?: string | undefined;
}

/** Why something can't be used here. */
export interface Missing {
  reason: string;
  hint: string;
}
