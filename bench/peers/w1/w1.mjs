/* oxlint-disable max-lines-per-function -- one block of rules, as in the other languages */
// W1 as a plain breadth-first search in JavaScript: a third, independent count,
// and the "no effort" baseline (string keys in a Set). node w1.mjs T R K U [BUG]
export function build(T, R, K, U, BUG = 0) {
  const F = T * K;
  const L = {};
  let at = 0;
  for (const [k, n] of [
    ['st', F],
    ['rc', F],
    ['cb', F],
    ['own', R],
    ['sf', 2 * R],
    ['su', 2 * R],
    ['pc', T],
    ['n', T],
    ['c', T],
    ['rnd', T],
    ['stamp', T],
    ['us', T],
    ['sl', T],
    ['q', F],
    ['hpc', 1],
    ['hf', 1],
  ]) {
    L[k] = at;
    at += n;
  }
  const SIZE = at;
  const { st, rc, cb, own, sf, su, pc, n, c, rnd, stamp, us, sl, q, hpc, hf } = L;
  const ord = (t, i) => (t + i) % R,
    s0 = (t) => (t % R) * 2;
  const free = (s, x) => s[sf + x] === 0 || s[st + s[sf + x] - 1] >= 2;
  const rules = [];
  const rule = (name, when, act) => rules.push({ name, when, act });
  for (let t = 0; t < T; t++) {
    const fn = (s) => t + T * s[rnd + t],
      want = (s) => own + ord(t, s[n + t]);
    rule(
      `begin(${t})`,
      (s) => s[pc + t] === 0,
      (s) => {
        let m = 0;
        for (let i = 0; i < T; i++) m = Math.max(m, s[stamp + i]);
        s[stamp + t] = m + 1;
        s[rc + fn(s)] = 1;
        s[pc + t] = 1;
      },
    );
    rule(
      `lock(${t})`,
      (s) => s[pc + t] === 1 && s[want(s)] === 0,
      (s) => {
        s[want(s)] = t + 1;
        if (++s[n + t] === R) s[pc + t] = 2;
      },
    );
    if (BUG !== 2)
      rule(
        `die(${t})`,
        (s) =>
          s[pc + t] === 1 &&
          s[n + t] > 0 &&
          s[want(s)] !== 0 &&
          s[stamp + t] > s[stamp + s[want(s)] - 1],
        (s) => {
          for (let i = 0; i < s[n + t]; i++) s[own + ord(t, i)] = 0;
          s[c + t] = s[n + t];
          s[n + t] = 0;
          s[pc + t] = 3;
        },
      );
    rule(
      `retry(${t})`,
      (s) => s[pc + t] === 3 && s[own + ord(t, s[c + t])] === 0,
      (s) => {
        s[c + t] = 0;
        s[pc + t] = 1;
      },
    );
    for (let u = 0; u < U; u++)
      rule(
        `reserve(${t},${u})`,
        (s) => s[pc + t] === 2 && (free(s, s0(t)) || free(s, s0(t) + 1)),
        (s) => {
          const m = free(s, s0(t)) ? s0(t) : s0(t) + 1;
          if (s[sf + m]) {
            s[rc + s[sf + m] - 1]--;
            s[sf + m] = 0;
            s[su + m] = 0;
          }
          s[us + t] = u;
          s[sl + t] = m - s0(t);
          s[pc + t] = 4;
        },
      );
    rule(
      `add(${t})`,
      (s) => s[pc + t] === 4,
      (s) => {
        const f = fn(s),
          x = s0(t) + s[sl + t];
        s[sf + x] = f + 1;
        s[su + x] = s[us + t];
        s[rc + f] = BUG === 1 ? 2 : 3;
        let i = 0;
        while (s[q + i]) i++;
        s[q + i] = f + 1;
        s[us + t] = 0;
        s[sl + t] = 0;
        s[pc + t] = 5;
      },
    );
    rule(
      `unlock(${t})`,
      (s) => s[pc + t] === 5,
      (s) => {
        s[own + ord(t, --s[n + t])] = 0;
        if (s[n + t] === 0) {
          for (let i = 0; i < T; i++) if (s[stamp + i] > s[stamp + t]) s[stamp + i]--;
          s[stamp + t] = 0;
          s[pc + t] = 6;
        }
      },
    );
    rule(
      `wait(${t})`,
      (s) => s[pc + t] === 6,
      (s) => {
        const f = fn(s);
        if (s[st + f] < 2) {
          s[st + f] = 1;
          s[cb + f] = 1;
          s[pc + t] = 7;
        } else s[pc + t] = 8;
      },
    );
    rule(
      `woken(${t})`,
      (s) => s[pc + t] === 7 && s[cb + fn(s)] === 2,
      (s) => {
        s[pc + t] = 8;
      },
    );
    rule(
      `put(${t})`,
      (s) => s[pc + t] === 8,
      (s) => {
        s[rc + fn(s)]--;
        s[pc + t] = ++s[rnd + t] === K ? 9 : 0;
      },
    );
  }
  for (const v of [2, 3])
    rule(
      `signal(${v})`,
      (s) => s[hpc] === 0 && s[q] !== 0,
      (s) => {
        s[hf] = s[q] - 1;
        s[st + s[hf]] = v;
        for (let i = 0; i < F - 1; i++) s[q + i] = s[q + i + 1];
        s[q + F - 1] = 0;
        s[hpc] = 1;
      },
    );
  rule(
    'callbacks',
    (s) => s[hpc] === 1,
    (s) => {
      const f = s[hf];
      if (s[cb + f] === 1) s[cb + f] = 2;
      if (BUG !== 1) s[rc + f]--;
      s[hf] = 0;
      s[hpc] = 0;
    },
  );
  const finished = (s) => {
    if (s[hpc] || s[q]) return false;
    for (let t = 0; t < T; t++) if (s[pc + t] !== 9) return false;
    return true;
  };
  rule('finished', finished, () => {});
  const invariant = (s) => {
    for (let x = 0; x < 2 * R; x++)
      if (s[sf + x] && !s[rc + s[sf + x] - 1]) return 'slot holds a live fence';
    for (let x = 0; x < 2 * R; x++) if (!s[sf + x] && s[su + x]) return 'empty slot has no usage';
    for (let f = 0; f < F; f++) {
      if (s[rc + f] > 3) return 'refcount bound';
      if (s[cb + f] === 2 && s[st + f] < 2) return 'ran after signal';
      if (s[cb + f] === 1 && !s[rc + f]) return 'queued on a live fence';
      if (s[q + f] && !s[rc + s[q + f] - 1]) return 'job has a live fence';
    }
    if (s[hpc] && !s[rc + s[hf]]) return 'signaler holds a live fence';
    for (let t = 0; t < T; t++)
      for (let i = 0; i < s[n + t]; i++) if (s[own + ord(t, i)] !== t + 1) return 'owner';
    return '';
  };
  return { SIZE, rules, invariant, layout: L };
}
export function bfs({ SIZE, rules, invariant }) {
  const key = (s) => String.fromCharCode.apply(null, s);
  let front = [new Uint8Array(SIZE)];
  const seen = new Set([key(front[0])]);
  let edges = 0,
    depth = 0;
  for (; front.length; depth++) {
    const next = [];
    for (const s of front) {
      const bad = invariant(s);
      if (bad) return { states: seen.size, edges, depth, error: bad };
      let any = false;
      for (const r of rules)
        if (r.when(s)) {
          any = true;
          edges++;
          const d = s.slice();
          r.act(d);
          const k = key(d);
          if (!seen.has(k)) {
            seen.add(k);
            next.push(d);
          }
        }
      if (!any) return { states: seen.size, edges, depth, error: 'deadlock' };
    }
    front = next;
  }
  return { states: seen.size, edges, depth: depth - 1 };
}
if (process.argv[1] === new URL(import.meta.url).pathname) {
  const a = process.argv.slice(2).map(Number),
    t0 = process.hrtime.bigint();
  const r = bfs(build(...a)),
    s = Number(process.hrtime.bigint() - t0) / 1e9;
  console.log(
    JSON.stringify({
      size: a,
      ...r,
      seconds: +s.toFixed(3),
      statesPerSec: Math.round(r.states / s),
      rssMiB: Math.round(process.memoryUsage().rss / 1048576),
    }),
  );
}
