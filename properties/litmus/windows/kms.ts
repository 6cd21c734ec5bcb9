import { litmus, type Litmus, outcome } from '../litmus.ts';
import { results } from '../observables.ts';

const BUFFERS = `g = dumb.create(d); f = kms.framebuffer(d, g); h = dumb.create(d)
  e = kms.framebuffer(d, h); w = kms.word(-1)`;

/** A display without vertical blanks, and one whose vertical blanks the program makes; both show `f`. */
const HOST = `v = drm.device(virtio_gpu); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)`;
const MANUAL = `v = kms.manual(); d = drm.open(v); kms.setCap(d); ${BUFFERS}; kms.light(d, f)`;

/** Display commits: out-fences that are not open yet, vertical blanks, and who hears of a flip first. */
export const KMS_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'out-fence-peek',
    window: 'KMS-003',
    setup: HOST,
    tasks: { A: 'kms.atomic(d, [crtc, OUT_FENCE_PTR, w])', B: 'kms.peek(w)' },
    sees: [results],
    isWide: true,
    outcomes: [
      outcome('A 0; B none', ['KMS-002', 'KMS-003'], 'it looked before the number was there'),
      outcome('A 0; B closed', ['KMS-003'], 'the number is there, and nothing is open yet'),
      outcome('A 0; B open', ['KMS-002'], 'the commit was accepted'),
    ],
  }),
  litmus({
    name: 'refused-peek',
    window: 'KMS-003',
    setup: HOST,
    tasks: {
      A: 'kms.atomic(d, [plane, FB_ID, 0, crtc, OUT_FENCE_PTR, w])',
      B: 'kms.peek(w)',
    },
    sees: [results],
    isWide: true,
    outcomes: [
      outcome(
        'A -EINVAL; B none',
        ['KMS-002'],
        'before the number came, or when it had gone again',
      ),
      outcome('A -EINVAL; B closed', ['KMS-003'], 'between: it will never be open'),
    ],
  }),
  litmus({
    name: 'fence-commit',
    window: 'KMS-019',
    // A worker shows it, and tells of the flip.
    setup: `${HOST}; kms.show(d, e, out: w, flags: nonblock); o = kms.fence(w)`,
    tasks: { A: 'fence.wait(o.fence); kms.isBusy(d)' },
    sees: [results],
    isWide: true,
    outcomes: [outcome('A 0 false', ['KMS-019'], 'who has seen the fence is never too early')],
  }),
  litmus({
    name: 'tick-commit',
    window: 'KMS-015',
    // A worker arms the event, and shows the new framebuffer.
    setup: `${MANUAL}; kms.watch(d, true); kms.show(d, e, flags: nonblock+event)`,
    tasks: { A: 'kms.tick(v)' },
    teardown: `kms.settle(v); task.sleep(1); ev = kms.read(d); seen = kms.composed(d)
      kms.watch(d, false); kms.settle(v); kms.darken(d)`,
    allows: ['warn'],
    sees: [
      (run) => {
        const told = (name: string): string =>
          String(run.calls.find(({ call }) => call.out === name)?.result);
        const event = /frame (\d+)/.exec(told('ev'))?.[1] ?? 'none';
        return `told ${event}, shown ${/(\d+):e/.exec(told('seen'))?.[1] ?? 'never'}`;
      },
    ],
    isWide: true,
    outcomes: [
      outcome('told 1, shown 1', ['KMS-015'], 'it was armed before the first vertical blank'),
      outcome('told 2, shown 2', ['KMS-015'], 'behind it'),
    ],
  }),
];
