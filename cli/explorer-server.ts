import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { type Explorer, type Kept, WrongOrder } from '../properties/explorer/explorer.ts';
import { ORDER } from '../traces/explorer/order.ts';
import { explorerPage, explorerPolicy } from '../traces/explorer/page.ts';

/** The only address that is served: nobody else on the network gets here. */
const LOOPBACK = '127.0.0.1';
/** An order is a few words. Unit: bytes. */
const BODY_BYTES_MAX = 4096;
/** Unit: bytes. */
const TOKEN_BYTES = 32;

export interface ServedExplorer {
  /** Where the page is, with the token that every request needs. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Writes what is to be kept, and says in which file. */
  readonly keep: (kept: Kept) => string;
}

/** Serves an explorer to this machine alone, on a port that the system picks. */
export async function serveExplorer(
  explorer: Explorer,
  { keep }: ServeOptions,
): Promise<ServedExplorer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const server = createServer();
  const port = await listening(server);
  const gate = new Gate(token, port);
  const desk = new Desk(explorer, keep);
  server.on('request', (request, response) => {
    answer({ request, gate, desk }).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        send(response, refusal(500, `a defect of the suite: ${message}`));
      },
    );
  });
  return {
    url: `http://${LOOPBACK}:${port}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

interface Reply {
  readonly status: number;
  readonly type: 'text/html' | 'application/json';
  readonly body: string;
}

function refusal(status: number, error: string): Reply {
  return { status, type: 'application/json', body: JSON.stringify({ error }) };
}

/** Keeps out whoever was not given the address: other pages in the browser above all. */
class Gate {
  private readonly token: Buffer;
  private readonly hosts: ReadonlySet<string>;

  constructor(token: string, port: number) {
    this.token = digest(token);
    this.hosts = new Set([`${LOOPBACK}:${port}`, `localhost:${port}`]);
  }

  /** Why a request is refused; null: it is let in. */
  refuses({ headers }: IncomingMessage, url: URL): Reply | null {
    const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
    // A name that somebody else has pointed at this machine is not ours.
    if (!this.hosts.has(host)) return refusal(403, 'this host is not served');
    if (origin !== undefined && origin !== `http://${host}`) {
      return refusal(403, 'this origin is not served');
    }
    // Browsers say so of requests without an origin too. `none`: somebody typed the address.
    if (site !== 'same-origin' && site !== 'none') {
      return refusal(403, 'requests of other pages are not served');
    }
    // Digests have one length, and comparing them takes one time.
    const isKnown = timingSafeEqual(digest(url.searchParams.get('token') ?? ''), this.token);
    return isKnown ? null : refusal(403, 'wrong token; expected the address that was printed');
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Orders are followed one after the other. */
class Desk {
  private readonly explorer: Explorer;
  private readonly keep: ServeOptions['keep'];
  /** The answer that is being made, or was made last. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(explorer: Explorer, keep: ServeOptions['keep']) {
    this.explorer = explorer;
    this.keep = keep;
  }

  state(): Promise<Reply> {
    return this.inTurn(() => this.shown());
  }

  follow(text: string): Promise<Reply> {
    return this.inTurn(() => this.obeyed(text));
  }

  /** Whoever asks next waits for this answer: no answer is of two positions. */
  private inTurn(work: () => Promise<Reply>): Promise<Reply> {
    const reply = this.last.then(work, work);
    this.last = reply;
    return reply;
  }

  private async shown(): Promise<Reply> {
    const body = JSON.stringify(await this.explorer.state());
    return { status: 200, type: 'application/json', body };
  }

  private async obeyed(text: string): Promise<Reply> {
    const order = ORDER.safeParse(parsed(text));
    if (!order.success) return refusal(400, 'this is no order');
    try {
      const kept = this.explorer.follow(order.data);
      if (kept !== null) this.explorer.say(`Saved as ${this.keep(kept)}.`);
    } catch (error) {
      if (!(error instanceof WrongOrder)) throw error;
      return refusal(409, error.message);
    }
    return this.shown();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface Asked {
  readonly request: IncomingMessage;
  readonly gate: Gate;
  readonly desk: Desk;
}

const METHODS: Readonly<Record<string, string>> = { '/': 'GET', '/state': 'GET', '/order': 'POST' };

async function answer({ request, gate, desk }: Asked): Promise<Reply> {
  const base = `http://${LOOPBACK}`;
  const path = request.url ?? '/';
  if (!URL.canParse(path, base)) return refusal(400, 'this is no address');
  const url = new URL(path, base);
  const refused = gate.refuses(request, url);
  if (refused !== null) return refused;
  const { pathname } = url;
  const method = Object.hasOwn(METHODS, pathname) ? METHODS[pathname] : undefined;
  if (method === undefined) return refusal(404, 'there is nothing here');
  if (request.method !== method) return refusal(405, `expected ${method}`);
  if (pathname === '/') return { status: 200, type: 'text/html', body: explorerPage() };
  if (pathname === '/state') return desk.state();
  const body = await bodyOf(request);
  return body === null
    ? refusal(413, `expected at most ${BODY_BYTES_MAX} bytes`)
    : desk.follow(body);
}

/** Null: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_BYTES_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': explorerPolicy(),
    // The address holds the token: nobody else is told it, and nothing is kept.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(body);
}
