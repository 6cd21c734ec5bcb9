import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where systems put their Chromium; `CHROMIUM` names another one. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What a page has complained about, and what it wanted to load. */
export interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

/** Starts the browser of the system. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error(`no Chromium; looked at ${PLACES.join(', ')}`);
  // Tests also run as root and in containers, where the sandbox of Chromium does not.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--force-color-profile=srgb'] });
}

/** Opens a page from disk; `hash` is what a link to a step ends with. */
export function openFile(browser: Browser, file: string, hash = ''): Promise<Opened> {
  return openAddress(browser, `${pathToFileURL(file).href}${hash}`);
}

/** Pages share a profile: a new one takes as long as most of what is done with a page. */
async function profileOf(browser: Browser): Promise<BrowserContext> {
  const [known] = browser.contexts();
  return known ?? browser.newContext({ viewport: { width: 1280, height: 800 } });
}

/** Opens a page, and notes what it complains about and wants to load. */
export async function openAddress(browser: Browser, address: string): Promise<Opened> {
  const profile = await profileOf(browser);
  const page = await profile.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch((error: unknown) => complaints.push(String(error)));
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, complaints, requests };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** With fewer rules that hold, axe has not looked at the page. */
const PASSES_MIN = 10;

/** What keeps people out, as far as a program can tell, with the elements where it is so. */
export async function seriousIn(page: Page): Promise<readonly string[]> {
  // The policy of pages lets no script in; this one comes by another way.
  await page.evaluate(AXE);
  // The page is asked by a text, so the type is not known here.
  const { passes, violations } = (await page.evaluate('axe.run()')) as AxeResults;
  if (passes.length <= PASSES_MIN) throw new Error(`axe looked at ${passes.length} rules only`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
