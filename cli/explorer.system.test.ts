import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { runHere } from './in-process.ts';
import { openAddress, type Opened, seriousIn, startBrowser } from './show-in-browser.ts';

// Runs that are driven by hand, in a real browser, with the command as users start it.

const root = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = join(root, 'dist/cli/main.js');
const home = process.cwd();
let folder = '';
let browser: Browser;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-explorer-'));
  process.chdir(folder);
  browser = await startBrowser();
});
afterEach(async () => {
  for (const child of running.splice(0)) await ended(child);
});
afterAll(async () => {
  await browser.close();
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

/** Ctrl-C, as a terminal sends it. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await exit;
}

/** Starts the command, and waits for the address that it prints. */
async function served(...words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('http://')) return line;
  }
  throw new Error(`${words.join(' ')} has printed no address`);
}

async function opened(...words: readonly string[]): Promise<Opened> {
  const found = await openAddress(browser, await served('explore', ...words, '--serve'));
  await found.page.waitForSelector('.choices');
  return found;
}

/** Does something, and waits until it was done. */
async function done(page: Page, act: () => Promise<void>): Promise<string> {
  const answered = page.waitForResponse((response) => response.url().includes('/order'));
  await act();
  await answered;
  await page.waitForSelector('main[aria-busy=false]');
  return page.innerText('[role=status]');
}

/** Lets these tasks make a step each, with the mouse. */
async function drive(page: Page, names: string): Promise<void> {
  for (const name of names) {
    await done(page, () => page.click(`.choice:has(b:text-is("${name}"))`));
  }
}

const press = (page: Page, name: string): Promise<string> =>
  done(page, () => page.getByRole('button', { name, exact: true }).click());

describe('a race that is driven by hand', () => {
  const RACE = ['race-02-add-signal', '--fault', 'fence-046-no-second-look'];

  test('is seen, taken back, made again, kept, and replayed', async () => {
    const { page, complaints, requests } = await opened(...RACE);
    expect(await page.innerText('h1')).toBe('litmus/race-02-add-signal');
    await drive(page, 'AB');
    expect(await page.innerText('.status')).toMatch(/If nothing special[^]*FAIL FENCE-042/);
    // Keys do what buttons do: B goes on, and A behind it.
    for (let step = 3; step <= 7; step += 1) await done(page, () => page.keyboard.press('1'));
    expect(await page.innerText('.choices')).toContain('Nothing can happen any more.');
    expect(await page.innerText('.status')).toMatch(/^By now\s+FAIL FENCE-043/);
    expect(await page.locator('.steps .row.current').innerText()).toContain('set f.flags');
    expect(await seriousIn(page)).toEqual([]);

    await done(page, () => page.keyboard.press('u'));
    expect(await page.inputValue('input.step')).toBe('6');
    expect(await page.innerText('.status')).toMatch(/^By now\s+nothing is wrong/);
    await press(page, 'redo');
    expect(await page.innerText('.status')).toMatch(/^By now\s+FAIL/);

    const said = await press(page, 'save as trace');
    const [, file = ''] = /^Saved as (\S+\.json)\.$/.exec(said) ?? [];
    const replayed = await runHere('replay', file);
    expect(replayed.stdout).toContain('bounds   driven by hand');
    expect(replayed.stdout).toContain('replayed the same run, step for step');
    expect(replayed.status).toBe(1);

    expect(complaints).toEqual([]);
    const { origin } = new URL(page.url());
    const elsewhere = requests.filter((url) => !url.startsWith(`${origin}/`));
    expect(elsewhere.filter((url) => !url.startsWith('data:'))).toEqual([]);
  });

  test('is gone back in by a click on a step, and by its number', async () => {
    const { page } = await opened(...RACE);
    await drive(page, 'ABBB');
    await page.click('.steps .row[aria-rowindex="3"]');
    await press(page, 'go back to step 2');
    expect(await page.inputValue('input.step')).toBe('2');
    await done(page, async () => {
      await page.fill('input.step', '4');
      await page.keyboard.press('Enter');
    });
    expect(await page.innerText('.detail h2')).toBe('Step 4 of 4');
  });

  test('is found from here, and runs to where a task can be preempted', async () => {
    const { page } = await opened(...RACE);
    await drive(page, 'B');
    expect(await press(page, 'B')).toMatch(/^After 2 steps, B can go on/);
    expect(await page.innerText('.choices')).toContain('preempts B');
    await press(page, 'start again');
    expect(await done(page, () => page.keyboard.press('f'))).toMatch(/^A violation after \d+ run/);
    expect(await page.innerText('.status')).toMatch(/^By now\s+FAIL FENCE-043/);
  });
});

test('a run with which nothing is wrong is kept as a litmus program, and as no trace', async () => {
  const { page } = await opened('race-02-add-signal');
  await drive(page, 'B');
  expect(await press(page, 'save as trace')).toMatch(/^nothing is wrong in this run/);
  const said = await press(page, 'save as litmus program');
  const [, file = ''] = /^Saved as (\S+\.mjs)\.$/.exec(said) ?? [];
  expect(readFileSync(file, 'utf8')).toContain("window: 'RACE-02'");
  expect(readdirSync('traces/found').length).toBeGreaterThan(0);
  expect(existsSync(file)).toBe(true);
});

test('a system of the model is driven move by move, with the states around the path', async () => {
  const { page, complaints } = await opened('callbacks');
  await done(page, () => page.keyboard.press('1'));
  const current = await page.locator('.around .state.current text').textContent();
  expect(current).toMatch(/^1 task 0: /);
  expect(await page.locator('.around .arrow.taken').count()).toBe(1);
  expect(await page.innerText('.path')).toBe('begin.add(t 0)');
  expect(await seriousIn(page)).toEqual([]);
  expect(await press(page, 'find a violation from here')).toMatch(/^No violation from here/);
  expect(complaints).toEqual([]);
});

test('a page of another origin learns nothing, not even with the token', async () => {
  const address = await served('explore', 'race-02-add-signal', '--serve');
  const other = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>other</title>');
  });
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const place = other.address();
  if (place === null || typeof place === 'string') throw new Error('no port');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${place.port}/`);
  const asked = (mode: string): Promise<string> =>
    page.evaluate(
      ([url, how]) =>
        fetch(url ?? '', { mode: how as 'cors' | 'no-cors' }).then(
          (response) => `${response.type} ${response.status}`,
          () => 'refused',
        ),
      [address.replace('/?', '/state?'), mode],
    );
  expect(await asked('cors')).toBe('refused');
  expect(await asked('no-cors')).toBe('refused');
  await page.close();
  other.closeAllConnections();
  other.close();
});

/** The commands that documents show. */
const documented = ['README.md', 'docs/explorer.md'].flatMap((name) =>
  [...readFileSync(join(root, name), 'utf8').matchAll(/^npx dmabuf-verify (.* --serve)$/gm)].map(
    ([, words = '']) => words,
  ),
);

test.each([...new Set(documented)])('%s', async (command) => {
  const words = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''));
  const { page, complaints } = await openAddress(browser, await served(...words));
  await page.waitForSelector('.choice');
  expect(complaints).toEqual([]);
  await page.close();
  const [child] = running;
  if (child === undefined) throw new Error('nothing runs');
  await ended(child);
  expect(child.signalCode).toBe('SIGINT');
});
