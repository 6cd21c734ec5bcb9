import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Schedules } from '../../run/explore.ts';

const EBUSY = -16;
const EINVAL = -22;
const EOPNOTSUPP = -95;

const IN_ORDER: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 40 }];

/** An importer for which the route, the wish and the places of the object are as said. */
function attaches(name: string, offer: string, peer2peer: boolean) {
  return program(name, {
    world: { moveNotify: true },
    setup: `b = dyn.export(${offer})`,
    tasks: {
      A: `a = attach.dynamic(b, nic, ${peer2peer}); l = attach.list(b); i = dyn.open(b, nic, ${peer2peer})
        w = dyn.write(i, 7); m = dyn.look(i); p = dyn.place(b)`,
    },
  });
}

/** Properties of where a buffer is when it is mapped. */
export const PLACE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['DYN-009'],
    plan: `Device memory is mapped only for those who ask for it and have a route; for others it is
      system memory, and where there is none they are refused.
      - with and without a route, a wish, system memory; a static importer; a buffer that comes back`,
    programs: [
      attaches('only-vram-no-route', 'vram, [vram]', true),
      attaches('route-only', 'peers: [nic]', false),
      attaches('wish-only', 'peers: [cam]', true),
      attaches('route-and-wish', 'peers: [nic]', true),
      attaches('neither', 'vram', false),
      attaches('only-vram', 'vram, [vram], peers: [nic]', true),
      attaches('only-vram-no-wish', 'vram, [vram], peers: [nic]', false),
      program('static', {
        setup: 'b = dyn.export(vram, [vram], peers: [nic])',
        tasks: { A: 'a = attach.static(b, nic); l = attach.list(b); p = dyn.place(b)' },
      }),
      program('flags', {
        setup: 'b = dyn.export(peers: [nic])',
        tasks: {
          A: `x = attach.dynamic(b, nic, true); px = attach.peer2peer(x)
            y = attach.dynamic(b, cam, true); py = attach.peer2peer(y)
            z = attach.dynamic(b, nic, false); pz = attach.peer2peer(z)`,
        },
      }),
    ],
    schedules: IN_ORDER,
    forbids: ['leak', 'attachments'],
    holds: (run) => {
      const refused = { a: EOPNOTSUPP, l: '', i: EOPNOTSUPP, p: 'vram' };
      const inSystem = { a: 0, l: 'nic', i: 0, w: 0, m: 'valid system', p: 'system' };
      const inVram = { a: 0, l: 'nic', i: 0, w: 0, m: 'valid vram', p: 'vram' };
      return results({
        'route-and-wish': inVram,
        'route-only': inSystem,
        'wish-only': inSystem,
        neither: inSystem,
        'only-vram': inVram,
        'only-vram-no-route': refused,
        'only-vram-no-wish': refused,
        static: { a: EOPNOTSUPP, l: '', p: 'vram' },
        flags: { px: true, py: false, pz: false },
      })(run);
    },
    witness: {
      peer: reached((run) => resultNamed(run, 'm') === 'valid vram', 2),
      refused: reached((run) => resultNamed(run, 'a') === EOPNOTSUPP, 3),
    },
    faults: ['dyn-009-any-route', 'dyn-009-never-asks', 'dyn-009-no-peers', 'dyn-009-attaches-all'],
  }),
  property({
    rules: ['DYN-010'],
    plan: `What is pinned in device memory is not mapped, whoever could reach it. Who does not follow
      moves is refused at once, since for him it would have to be pinned in system memory.
      - a pin, and behind it; with and without a route; without system memory`,
    programs: [
      program('follows', {
        world: { moveNotify: true },
        setup: 'b = dyn.export(peers: [nic]); i = dyn.open(b, nic, true); dyn.pinHere(b)',
        tasks: {
          A: `e = dyn.write(i, 7); p = dyn.place(b); m = dyn.look(i); dyn.unpinHere(b)
            f = dyn.write(i, 8); n = dyn.look(i)`,
        },
      }),
      program('static', {
        setup: 'b = dyn.export(peers: [nic]); dyn.pinHere(b)',
        tasks: {
          A: `e = attach.static(b, nic); l = attach.list(b); p = dyn.place(b); dyn.unpinHere(b)
            f = attach.static(b, nic); q = dyn.place(b)`,
        },
      }),
      program('pins-itself', {
        setup: 'b = dyn.export(peers: [nic]); r = buf.resv(b); a = attach.dynamic(b, nic, true)',
        tasks: {
          A: `dyn.pinHere(b); resv.lock(r); e = attach.pin(a); resv.unlock(r); p = dyn.place(b)
            dyn.unpinHere(b); resv.lock(r); f = attach.pin(a); resv.unlock(r); q = dyn.place(b)
            resv.lock(r); attach.unpin(a); resv.unlock(r)`,
        },
      }),
      program('only-vram', {
        world: { moveNotify: true },
        setup: 'b = dyn.export(vram, [vram], peers: [nic]); r = buf.resv(b)',
        tasks: {
          A: `a = attach.dynamic(b, nic, true); resv.lock(r); e = attach.pin(a); resv.unlock(r)
            p = dyn.place(b); x = attach.dynamic(b, cam, true)`,
        },
      }),
    ],
    schedules: IN_ORDER,
    forbids: ['attachments', 'leak', 'refinement'],
    holds: results({
      follows: {
        ...{ e: EBUSY, p: 'vram, 1 pins', m: 'stale nowhere', f: 0, n: 'valid vram' },
      },
      static: { e: EINVAL, l: '', p: 'vram, 1 pins', f: 0, q: 'system, 1 pins' },
      'pins-itself': { e: EINVAL, p: 'vram, 1 pins', f: 0, q: 'system, 1 pins' },
      'only-vram': { a: 0, e: EINVAL, p: 'vram', x: EOPNOTSUPP },
    }),
    witness: { busy: reached((run) => resultNamed(run, 'e') === EBUSY) },
    faults: ['dyn-010-maps-the-pinned', 'dyn-010-pins-anywhere', 'dyn-010-pins-the-pinned'],
  }),
];
