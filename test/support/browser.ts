import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a browser for tests is; null where there is none, which is said aloud. */
export const BROWSER_PATH = PLACES.find((place) => existsSync(place)) ?? null;
if (BROWSER_PATH === null) {
  process.stderr.write(
    'skipped: tests in a browser, because there is no Chromium here (scripts/install-test-programs.sh)\n',
  );
}

/** Without a sandbox it runs as root too; the rest keeps the browser itself from asking the network. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page that was opened from a file, and all that must not have happened on it. */
export interface OpenedPage {
  page: Page;
  /** Errors and warnings on the console, and errors that nobody caught. */
  complaints: string[];
  /** Everything that was asked for, but the file itself. */
  requests: string[];
}

interface OpenOptions {
  dark?: boolean;
  phone?: boolean;
  /** With its `#`. */
  fragment?: string;
}

/** A browser with nothing but pages from files, for the tests of one file. */
export class TestBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatebench-browser-'));
  #browser: Browser | null = null;
  #files = 0;

  async start(): Promise<void> {
    if (BROWSER_PATH === null) return;
    this.#browser = await chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_FLAGS });
  }

  /** Open a document, and wait until its script is done with it. */
  async open(html: string, options: OpenOptions = {}): Promise<OpenedPage> {
    if (this.#browser === null) throw new Error('the browser was not started');
    const { dark = false, phone = false, fragment = '' } = options;
    const page = await this.#browser.newPage({
      viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      ...(phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
    });
    const file = join(this.#folder, `page-${this.#files++}.html`);
    writeFileSync(file, html);
    const opened: OpenedPage = { page, complaints: [], requests: [] };
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) opened.complaints.push(message.text());
    });
    page.on('pageerror', (error) => opened.complaints.push(String(error)));
    page.on('request', (request) => {
      if (request.url().replace(/#.*/, '') !== `file://${file}`) opened.requests.push(request.url());
    });
    await page.goto(`file://${file}${fragment}`);
    await page.waitForSelector('html[data-ready]', { state: 'attached', timeout: 120_000 });
    return opened;
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
