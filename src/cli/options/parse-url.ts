import { InvalidArgumentError } from 'commander';

/** The value of an option that is an HTTP address. */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidArgumentError(`"${text}" is not a URL: write it as http://gateway:8787`);
}
