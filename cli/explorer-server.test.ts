import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Kept } from '../properties/explorer/explorer.ts';
import { ProgramExplorer } from '../properties/explorer/program-explorer.ts';
import { program } from '../properties/programs/parse.ts';
import type { Order } from '../traces/explorer/order.ts';
import type { ProgramState } from '../traces/explorer/state.ts';
import { type ServedExplorer, serveExplorer } from './explorer-server.ts';

const mine = program('mine', {
  setup: 'f = fence.create()',
  tasks: { A: 'fence.wait(f)', B: 'fence.signal(f)' },
});
const kept: Kept[] = [];
let served: ServedExplorer | null = null;

beforeAll(async () => {
  const explorer = new ProgramExplorer({ program: mine, fault: null });
  served = await serveExplorer(explorer, {
    keep: (one) => {
      kept.push(one);
      return 'some/file';
    },
  });
});
afterAll(async () => served?.close());

interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What stands in the first line of the request, as it is. Default: the path and the token. */
  readonly target?: string;
  /** Default: the right one. */
  readonly token?: string;
  /** Default: of the server that all share. */
  readonly of?: ServedExplorer | null;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** One request, with whatever headers: a browser would not send most of them. */
function ask({
  path = '/state',
  method = 'GET',
  headers = {},
  body = '',
  token,
  target,
  of = served,
}: Asking = {}) {
  const url = new URL(of?.url ?? '');
  url.pathname = path;
  if (token !== undefined) url.searchParams.set('token', token);
  return new Promise<Answered>((resolve, reject) => {
    const words = target === undefined ? {} : { path: target };
    const asked = request(url, { method, headers, agent: false, ...words }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const order = (value: unknown, asking: Asking = {}): Promise<Answered> =>
  ask({ path: '/order', method: 'POST', body: JSON.stringify(value), ...asking });

describe('who is let in', () => {
  test('whoever has the address, which is one of this machine', async () => {
    expect(served?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ kind: 'program', title: 'mine', position: 0 });
    const port = new URL(served?.url ?? '').port;
    const same = { host: `localhost:${port}`, origin: `http://localhost:${port}` };
    expect((await ask({ headers: same })).status).toBe(200);
    const own = { 'sec-fetch-site': 'same-origin' };
    expect((await ask({ headers: own })).status).toBe(200);
    expect((await ask({ path: '/', headers: { 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  test.each([
    ['a wrong token', { token: 'x'.repeat(43) }],
    ['no token', { token: '' }],
    ['a wrong token, for the page', { path: '/', token: 'x' }],
    ['a wrong token, where nothing is', { path: '/nowhere', token: 'x' }],
    ['another host', { headers: { host: 'evil.example' } }],
    ['another port', { headers: { host: '127.0.0.1:1' } }],
    ['another origin', { headers: { origin: 'http://evil.example' } }],
    ['no origin that is one', { headers: { origin: 'null' } }],
    ['another site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['another port of this machine', { headers: { 'sec-fetch-site': 'same-site' } }],
    ['several sites', { headers: { 'sec-fetch-site': 'none, cross-site' } }],
  ])('nobody with %s', async (_, asking) => {
    const { status, headers, body } = await ask(asking);
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(body).not.toContain('fence');
  });

  test('every server has a token of its own', async () => {
    const explorer = new ProgramExplorer({ program: mine, fault: null });
    const other = await serveExplorer(explorer, { keep: () => '' });
    const tokens = [served, other].map((one) => new URL(one?.url ?? '').searchParams.get('token'));
    await other.close();
    expect(new Set(tokens).size).toBe(2);
  });
});

describe('what is answered', () => {
  test('the page may run its own script and nothing else', async () => {
    const { status, headers, body } = await ask({ path: '/' });
    expect(status).toBe(200);
    expect(body).toContain('<div id="app">');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+';/);
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test.each([
    [404, { path: '/nowhere' }],
    [404, { path: '/constructor' }],
    [400, { target: '//' }],
    [400, { target: 'http://[' }],
    [405, { path: '/order' }],
    [405, { path: '/state', method: 'POST' }],
    [413, { path: '/order', method: 'POST', body: `"${'x'.repeat(5000)}"` }],
    [400, { path: '/order', method: 'POST', body: '{' }],
    [400, { path: '/order', method: 'POST', body: '{"kind":"jump"}' }],
    [400, { path: '/order', method: 'POST', body: '{"kind":"jump","position":-1}' }],
    [400, { path: '/order', method: 'POST', body: '{"kind":"find","more":1}' }],
    [409, { path: '/order', method: 'POST', body: '{"kind":"jump","position":9}' }],
  ])('%i to %j', async (status, asking) => {
    const answered = await ask(asking);
    expect(answered.status).toBe(status);
    expect(JSON.parse(answered.body)).toMatchObject({ error: expect.any(String) as string });
  });

  test('orders are followed, and what is kept is named', async () => {
    const chosen = await order({ kind: 'choose', choice: 1, position: 0 });
    expect(JSON.parse(chosen.body)).toMatchObject({
      position: 1,
      said: expect.stringMatching(/^Step 1: B/) as string,
    });
    const refused = await order({ kind: 'save', as: 'trace' });
    expect(refused.status).toBe(409);
    expect(refused.body).toContain('nothing is wrong in this run');
    const saved = await order({ kind: 'save', as: 'litmus' });
    expect(JSON.parse(saved.body)).toMatchObject({ said: 'Saved as some/file.' });
    expect(kept.map(({ kind }) => kind)).toEqual(['text']);
  });

  test('every answer is of one position, however many are asked at once', async () => {
    const from = await order({ kind: 'jump', position: 0 });
    expect(from.status).toBe(200);
    const waited = ask();
    const answers = await Promise.all([
      ...[0, 1, 2].map((position) => order({ kind: 'choose', choice: 0, position })),
      waited,
    ]);
    for (const { body } of answers) {
      const { position, known, view } = JSON.parse(body) as Partial<ProgramState>;
      if (position === undefined) continue;
      expect(view?.steps.lane).toHaveLength(position);
      expect(known).toBeGreaterThanOrEqual(position);
    }
  });
});

describe('an order that comes while another one is answered', () => {
  /** Lets others in before its first answer, which may fail. */
  class Interrupted extends ProgramExplorer {
    readonly log: string[] = [];
    meanwhile: (() => Promise<void>) | null = null;

    override follow(given: Order): Kept | null {
      this.log.push(`${given.kind} is followed`);
      return super.follow(given);
    }

    override async state(): Promise<ProgramState> {
      const state = await super.state();
      const { meanwhile } = this;
      this.meanwhile = null;
      await meanwhile?.();
      this.log.push(`step ${state.position} is shown`);
      return state;
    }
  }

  async function withInterrupted(
    work: (explorer: Interrupted, of: ServedExplorer) => Promise<void>,
  ): Promise<void> {
    const explorer = new Interrupted({ program: mine, fault: null });
    const of = await serveExplorer(explorer, { keep: () => '' });
    await work(explorer, of);
    await of.close();
  }

  test('is followed when that answer is complete', () =>
    withInterrupted(async (explorer, of) => {
      const later: Promise<Answered>[] = [];
      explorer.meanwhile = async () => {
        later.push(order({ kind: 'jump', position: 0 }, { of }));
        // The order is there by then: what was asked behind it has been answered.
        expect((await ask({ path: '/', of })).status).toBe(200);
        expect((await ask({ path: '/nowhere', of })).status).toBe(404);
      };
      const first = await order({ kind: 'choose', choice: 0, position: 0 }, { of });
      expect(JSON.parse(first.body)).toMatchObject({ position: 1 });
      const [answered] = await Promise.all(later);
      expect(JSON.parse(answered?.body ?? '')).toMatchObject({ position: 0 });
      expect(explorer.log).toEqual([
        ...['choose is followed', 'step 1 is shown'],
        ...['jump is followed', 'step 0 is shown'],
      ]);
    }));

  test('is followed, too, when that answer fails', () =>
    withInterrupted(async (explorer, of) => {
      const later: Promise<Answered>[] = [];
      explorer.meanwhile = async () => {
        later.push(order({ kind: 'jump', position: 0 }, { of }));
        await ask({ path: '/', of });
        throw new Error('seeded');
      };
      const first = await order({ kind: 'choose', choice: 0, position: 0 }, { of });
      expect(first.status).toBe(500);
      expect(first.body).toContain('a defect of the suite: seeded');
      const [answered] = await Promise.all(later);
      expect(answered?.status).toBe(200);
    }));
});
