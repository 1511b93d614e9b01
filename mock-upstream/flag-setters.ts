/** Sets an option, or says why the value won't do. */
export type Setter<Target> = (target: Target, value: string) => string | null;

export function wholeNumber<Target>(
  least: number,
  most: number,
  set: (target: Target, value: number) => void,
): Setter<Target> {
  return (target, text) => {
    const value = /^[-+]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) return `it is a whole number from ${least} to ${most}`;
    set(target, value);
    return null;
  };
}

/** The spellings that Go's `strconv.ParseBool` takes. */
export function goBoolean(text: string): boolean | null {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  return null;
}
