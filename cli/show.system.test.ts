import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { INTACT } from '../impl/stack.ts';
import { writeDown } from '../properties/check/explain-failure.ts';
import { STANDARD_JUDGES } from '../properties/judges/standard.ts';
import { program } from '../properties/programs/parse.ts';
import { explore } from '../properties/run/explore.ts';
import type { Run } from '../properties/run/run.ts';
import { writeTraceFile } from '../traces/write.ts';
import { runHere } from './in-process.ts';
import { openFile, seriousIn, startBrowser } from './show-in-browser.ts';

// Pages in a real browser. `npm run screenshots` writes the pictures of the README anew.

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs/images');
const home = process.cwd();
let folder = '';
let browser: Browser;

const EXAMPLES = ['litmus', 'deadlock', 'use-after-free', 'torn-frame'] as const;
type Example = (typeof EXAMPLES)[number];

/** The trace for this rule that a check writes. */
async function traceOf(rule: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await runHere('check', ...words);
  const file = stdout.match(/traces\/found\/\S+\.json/g)?.find((name) => name.includes(rule)) ?? '';
  expect(file).not.toBe('');
  return file;
}

const STAGE = {
  types: INTACT,
  baseline: null,
  verdict: ({ findings }: Run) => findings,
  faultId: null,
};

/** Two tasks that take two reservations in two orders, on a kernel that does not prove locks. */
function deadlock(): string {
  const name = 'two orders';
  const written = program(name, {
    world: { lockProving: false },
    setup: 'a = resv.create(); b = resv.create()',
    tasks: {
      A: 'resv.lock(a); resv.lock(b); resv.unlock(b); resv.unlock(a)',
      B: 'resv.lock(b); resv.lock(a); resv.unlock(a); resv.unlock(b)',
    },
  });
  let file = '';
  explore(
    written,
    { kind: 'all', runsMax: 10_000 },
    {
      judges: STANDARD_JUDGES,
      visit: ({ findings, choices }) => {
        const finding = findings.find(({ judge }) => judge === 'deadlock');
        if (finding === undefined) return true;
        const bounds = 'every schedule';
        // As it was met: a smaller one has a task that forgets to unlock.
        const failure = { program: written, choices, finding, bounds };
        file = writeTraceFile('.', writeDown(STAGE, failure));
        return false;
      },
    },
  );
  expect(file).not.toBe('');
  return file;
}

const SOURCES: Readonly<Record<Example, () => Promise<string> | string>> = {
  litmus: () => traceOf('FENCE-043', 'race-02-add-signal', '--fault', 'fence-046-no-second-look'),
  deadlock,
  'use-after-free': () => join(root, 'traces/kept/BUG-SYNCOBJ-04.json'),
  'torn-frame': () => traceOf('HW-DISP-005', 'HW-DISP-005', '--fault', 'hw-disp-005-unmarked'),
};

const pageFile = (example: Example): string => join(folder, `${example}.html`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-pages-'));
  process.chdir(folder);
  for (const example of EXAMPLES) {
    const trace = await SOURCES[example]();
    const { status, stderr } = await runHere('show', trace, '--html', pageFile(example));
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const currentStep = (page: Page): Promise<string> => page.inputValue('input.step');

describe.each(EXAMPLES)('the page of a %s', (example) => {
  test('loads nothing, complains of nothing, and has nothing serious for axe', async () => {
    const { page, complaints, requests } = await openFile(browser, pageFile(example));
    await page.locator('[role=row].current').waitFor();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await seriousIn(page)).toEqual([]);
    }
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    await page.close();
  });

  test('steps with keys, and the picture is drawn', async () => {
    const { page } = await openFile(browser, pageFile(example), '#step=2');
    expect(await currentStep(page)).toBe('2');
    await page.keyboard.press('ArrowRight');
    expect(await currentStep(page)).toBe('3');
    await page.keyboard.press('Home');
    expect(await currentStep(page)).toBe('1');
    await page.keyboard.press('End');
    const last = await currentStep(page);
    expect(page.url()).toContain(`#step=${last}`);
    expect(await page.locator('[role=row].current').count()).toBe(1);
    expect(await colorsOnCanvas(page)).toBeGreaterThan(3);
    await page.close();
  });

  test('is the picture in the README', async () => {
    const { page } = await openFile(browser, pageFile(example));
    await page.locator('[role=row].current').waitFor();
    await page.emulateMedia({ colorScheme: 'light' });
    const picture = await page.screenshot();
    // A picture, and no white sheet.
    expect(picture.length).toBeGreaterThan(20_000);
    if (process.env['UPDATE_IMAGES'] === '1') {
      mkdirSync(images, { recursive: true });
      await page.screenshot({ path: join(images, `${example}.png`) });
    }
    expect(readdirSync(images)).toContain(`${example}.png`);
    await page.close();
  });
});

/** How many colours the time axis has. */
function colorsOnCanvas(page: Page): Promise<number> {
  return page.locator('.timeline canvas').evaluate((canvas) => {
    const { width, height } = canvas as unknown as { width: number; height: number };
    const context = (canvas as unknown as Drawn).getContext('2d');
    const { data } = context.getImageData(0, 0, width, height);
    const colors = new Set<string>();
    for (let at = 0; at < data.length; at += 4) colors.add(data.slice(at, at + 3).join());
    return colors.size;
  });
}

interface Drawn {
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8Array };
  };
}

test('model and implementation stand side by side, and what differs is marked', async () => {
  const { page } = await openFile(browser, pageFile('litmus'));
  await page.selectOption('select >> nth=0', { label: 'f (fence)' });
  await page.keyboard.press('End');
  expect(await page.locator('.object .diagram .state.current').count()).toBeGreaterThan(1);
  expect(await page.locator('.looks tr').count()).toBeGreaterThan(3);
  const differing = page.locator('tr.differs');
  expect(await differing.allInnerTexts()).toEqual([
    expect.stringMatching(/^callbacks\s+0\s+1\s+≠$/) as string,
  ]);
  await page.locator('.step').fill('1');
  await page.locator('.step').press('Enter');
  expect(await differing.count()).toBe(0);
  await page.close();
});

test('a deadlock shows who waits for whom, and who holds what', async () => {
  const { page } = await openFile(browser, pageFile('deadlock'));
  await page.locator('.toolbar').click();
  await page.keyboard.press('End');
  const detail = await page.locator('.detail').innerText();
  expect(detail).toMatch(/a\.lock by A/);
  expect(detail).toMatch(/b\.lock by B/);
  expect(detail).toMatch(/A waits: b\.lock is held by B/);
  expect(detail).toMatch(/B waits: a\.lock is held by A/);
  await page.close();
});

test('a torn frame says at which line', async () => {
  const { page } = await openFile(browser, pageFile('torn-frame'));
  expect(await page.locator('.screen').innerText()).toMatch(/1 torn/);
  expect(await page.locator('.frame .tear').count()).toBe(1);
  const [first = ''] = await page
    .locator('.frame svg')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
  expect(first).toMatch(/frame 0; lines 0 to 0: \w+ v0 f1; lines 1 to 1: \w+ v0 f2/);
  await page.close();
});

test('search, hidden lanes, one object, play, colours', async () => {
  const { page } = await openFile(browser, pageFile('use-after-free'), '#step=1');
  const rows = page.locator('.steps [role=row]');
  const all = await rows.count();

  await page.keyboard.press('/');
  await page.keyboard.type('spin_lock');
  expect(Number.parseInt(await page.locator('.count').innerText(), 10)).toBeGreaterThan(1);
  await page.keyboard.press('Enter');
  expect(await page.locator('.row.current').innerText()).toContain('spin_lock');
  await page.fill('input[type=search]', '');

  await page.locator('.lanes summary').click();
  await page.locator('.lanes input').first().uncheck();
  expect(await rows.count()).toBeLessThan(all);
  await page.locator('.lanes input').first().check();
  expect(await rows.count()).toBe(all);
  await page.locator('.lanes summary').click();

  await page.selectOption('.filters select >> nth=0', { index: 1 });
  expect(await rows.count()).toBeLessThan(all);
  expect(await page.locator('.object').count()).toBe(1);
  await page.selectOption('.filters select >> nth=0', { value: '' });

  const before = Number(await currentStep(page));
  await page.getByRole('button', { name: 'Play (space)' }).click();
  await expect.poll(() => currentStep(page), { timeout: 20_000 }).toBe(String(before + 2));
  await page.getByRole('button', { name: 'Play (space)' }).click();

  const paper = (): Promise<string> =>
    page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
  await page.selectOption('.filters select >> nth=1', 'dark');
  const dark = await paper();
  await page.selectOption('.filters select >> nth=1', 'light');
  expect(await paper()).not.toBe(dark);
  await page.close();
});

declare function getComputedStyle(element: unknown): { readonly backgroundColor: string };

test('on paper there are all steps, and no buttons', async () => {
  const { page } = await openFile(browser, pageFile('use-after-free'));
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.toolbar').isVisible()).toBe(false);
  const total = Number(await page.locator('.steps').getAttribute('aria-rowcount'));
  expect(await page.locator('.steps [role=row]').count()).toBe(total);
  expect((await page.pdf()).length).toBeGreaterThan(5000);
  await page.close();
});
