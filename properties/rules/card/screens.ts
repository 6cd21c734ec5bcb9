import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { ALONE } from './scenes.ts';

/** A screen of its own device, and two pictures in buffers of it. */
function screen(): string {
  return `c = card.create(timeout: -1, fallback: -1); v = screen.create(c); e = drm.open(v); kms.setCap(e)
    a = dumb.create(e, 16, 16); card.paint(c, a, 3); f = kms.framebuffer(e, a)
    b = dumb.create(e, 16, 16); card.paint(c, b, 4); g = kms.framebuffer(e, b); u = kms.word()`;
}

/** Properties of displays on top of simulated hardware. */
export const SCREEN_PROPERTIES: readonly Property[] = [
  property({
    rules: ['KMS-015'],
    plan: `An out-fence signals when its picture is taken over, and not before: whoever draws into the old picture
      then is never seen. Interrupts that nobody has asked for change nothing.
      - a flip, an interrupt for nothing in between, and a drawing into the buffer that was replaced`,
    programs: [
      program('reused', {
        tasks: {
          A: `${screen()}; l = kms.light(e, f)
            s = kms.show(e, g, out: u, flags: nonblock); h = kms.fence(u)
            screen.spurious(v); w = fence.wait(h.fence); card.paint(c, a, 9); screen.sleep(v, 4)
            z = screen.shown(v); n = card.records(c)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'refinement'],
    holds: both(results({ reused: { s: 0, w: 0, n: '' } }), (run) => {
      const shown = String(resultNamed(run, 'z'));
      if (!shown.includes('4.4')) return `the new picture is not shown: ${shown}`;
      return shown.includes('9') ? `the drawing is seen: ${shown}` : null;
    }),
    witness: { shown: reached((run) => String(resultNamed(run, 'z')).includes('4.4')) },
    faults: ['kms-015-screen-believes', 'kms-015-screen-arms-early'],
  }),
  property({
    rules: ['KMS-017'],
    plan: `A screen that is switched off tells of everything that was to be shown. Who switches it off waits for
      the end of the picture: its memory is free afterwards.
      - an out-fence for the end; buffers that go away at once`,
    programs: [
      program('off', {
        tasks: {
          A: `${screen()}; l = kms.light(e, f); d = kms.darken(e, out: u); h = kms.fence(u)
            w = fence.getStatus(h.fence); kms.remove(e, g); kms.remove(e, f); x = gem.close(e, a)
            y = gem.close(e, b); screen.sleep(v, 4); n = card.records(c)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak', 'refinement'],
    holds: results({ off: { d: 0, w: 1, x: 0, y: 0, n: '' } }),
    witness: { off: reached((run) => resultNamed(run, 'd') === 0) },
    faults: ['kms-017-screen-does-not-wait'],
  }),
  property({
    rules: ['KMS-019'],
    plan: `Who reads an event gets its bytes and no others, however long the buffer is: what kind it is, how long
      it is, and what it tells.
      - an event of a flip, read with a buffer of the right length, and with a longer one`,
    programs: [32, 64].map((length) =>
      program(`${length} bytes`, {
        setup: `v = drm.device(vkms); e = drm.open(v); kms.setCap(e); a = dumb.create(e, 16, 16)
          f = kms.framebuffer(e, a); b = dumb.create(e, 16, 16); g = kms.framebuffer(e, b)`,
        tasks: {
          A: `l = kms.light(e, f); s = kms.pageFlip(e, g, flags: event, userData: 5)
            task.sleep(40); n = kms.readHeader(e, ${length})`,
        },
      }),
    ),
    schedules: ALONE,
    forbids: ['bug', 'leak'],
    holds: (run) =>
      resultNamed(run, 'n') === 'type 2 length 32 of 32' ? null : 'it reads otherwise',
    witness: { read: reached((run) => String(resultNamed(run, 'n')).startsWith('type 2'), 2) },
    faults: ['BUG-DRV-01'],
  }),
];
