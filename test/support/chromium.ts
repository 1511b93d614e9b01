import { existsSync } from 'node:fs';

/** Debian's, which playwright-core drives as it is. */
const CHROMIUM = process.env.GATEBENCH_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** Null where there is none: then say so, and skip. */
export const chromiumPath = existsSync(CHROMIUM) ? CHROMIUM : null;

/** Without these Chromium can't start as root, or looks up hosts on the network at every start. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
