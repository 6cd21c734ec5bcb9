import { DrmDevice } from '../../../impl/drm/drm-device.ts';
import { VIRTIO_GPU } from '../../../impl/drm/drm-driver.ts';
import { Framebuffer } from '../../../impl/drm/kms/framebuffer.ts';
import { EVENT_SIZE } from '../../../impl/drm/kms/kms-uapi.ts';
import { VIRTIO_DISPLAY } from '../../../impl/drm/kms/virtio-display.ts';
import { VkmsDisplay } from '../../../impl/drm/kms/vkms-display.ts';
import type { VkmsOutput } from '../../../impl/drm/kms/vkms-output.ts';
import { TASK_UNINTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { ManualDisplay } from '../manual-display.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { descriptorArgument, userCalls } from '../user-space.ts';
import { LOOK } from './inspect.ts';
import { displayOf } from './kms.ts';

/** More than any program needs. Unit: vertical blanks. */
const TICKS_MAX = 10;

/** The virtual CRTC behind a device file. */
function outputOf(environment: Environment, args: Arguments): VkmsOutput {
  const { hardware, crtcs } = displayOf(environment, args);
  const [crtc] = crtcs;
  if (!(hardware instanceof VkmsDisplay) || crtc === undefined) {
    throw new ProgramError('the display is no virtual one');
  }
  return hardware.output(crtc);
}

/** Framebuffers by the names that the program has given them. */
function names(framebuffers: readonly Framebuffer[]): string {
  const known = framebuffers.map(({ label }) => label.replace(/\.fb$/, ''));
  return known.join('+') || 'nothing';
}

/** Displays for programs, and what can be seen of them. */
defineOperations([
  {
    // A virtual display whose vertical blanks the program makes.
    name: 'kms.manual',
    parameters: ['overlays', 'async', 'writeback', 'waitsForVblanks'],
    *run(environment, args, out) {
      const display = new ManualDisplay(environment.stack, {
        overlays: args.number('overlays', 0),
        offersAsyncFlips: args.boolean('async', false),
        hasWriteback: args.boolean('writeback', false),
        waitsFor: args.boolean('waitsForVblanks', false) ? 'vblanks' : 'flips',
      });
      environment.bind(out, display.device);
      if (out !== null) environment.bind(`${out}.display`, display);
      return null;
    },
  },
  {
    // A display without vertical blanks, with several screens.
    name: 'kms.host',
    parameters: ['crtcs', 'overlays'],
    *run(environment, args, out) {
      const [crtcs, overlays] = [args.number('crtcs', 1), args.number('overlays', 0)];
      const layout = { ...VIRTIO_DISPLAY.layout, crtcs, overlays };
      const driver = { ...VIRTIO_GPU, display: { ...VIRTIO_DISPLAY, layout } };
      environment.bind(out, new DrmDevice(environment.stack, driver));
      return null;
    },
  },
  {
    // One vertical blank; false when nobody wants it.
    name: 'kms.tick',
    parameters: ['display'],
    *run(environment, args) {
      const display = environment.find(`${args.text('display')}.display`, ManualDisplay);
      return (yield* display.ticks[0]?.fire() ?? nothing()) ?? false;
    },
  },
  {
    // Lets everything go on, and gives it vertical blanks as long as somebody wants them.
    name: 'kms.settle',
    parameters: ['display'],
    *run(environment, args) {
      const display = environment.find(`${args.text('display')}.display`, ManualDisplay);
      const { sleeper } = environment.stack.world.current;
      let isWanted = true;
      for (let ticks = 0; ticks < TICKS_MAX && isWanted; ticks += 1) {
        yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
        yield* sleeper.scheduleTimeout(1);
        isWanted = (yield* display.ticks[0]?.fire() ?? nothing()) ?? false;
      }
      return null;
    },
  },
  {
    // The oldest event: `crtc 38 user 5 frame 1 at 1016`, or a negative error.
    name: 'kms.read',
    parameters: ['device', 'length'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args, 'device');
      const { readWrite } = userCalls(environment);
      const bytes = yield* readWrite.read(fd, args.number('length', EVENT_SIZE));
      if (typeof bytes === 'number') return bytes;
      if (bytes.length === 0) return 'too short';
      const view = new DataView(bytes.buffer);
      const crtc = view.getUint32(28, true);
      const user = view.getBigUint64(8, true);
      const milliseconds = view.getBigUint64(16, true) / 1_000_000n;
      const frame = view.getUint32(24, true);
      return `crtc ${crtc} user ${user} frame ${frame} at ${milliseconds}`;
    },
  },
  {
    // What an event says of itself, and how many bytes were read.
    name: 'kms.readHeader',
    parameters: ['device', 'length'],
    *run(environment, args) {
      const fd = descriptorArgument(environment, args, 'device');
      const { readWrite } = userCalls(environment);
      const bytes = yield* readWrite.read(fd, args.number('length'));
      if (typeof bytes === 'number') return bytes;
      if (bytes.length === 0) return 'too short';
      const view = new DataView(bytes.buffer);
      return `type ${view.getUint32(0, true)} length ${view.getUint32(4, true)} of ${bytes.length}`;
    },
  },
  {
    // What the display scans out: names of framebuffers.
    name: 'kms.shown',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const output = outputOf(environment, args);
      looksAt(output);
      return names(output.shown.value);
    },
  },
  {
    // What the planes say: the state that commits have swapped in.
    name: 'kms.state',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const { planes, crtcs } = displayOf(environment, args);
      looksAt(...planes, ...crtcs, ...planes.map(({ state }) => state.value));
      const framebuffers = planes.map(({ state }) => state.value.fb.value);
      const lit = crtcs.map(({ state }) => (state.value.active.value ? 'lit' : 'dark'));
      const shown = framebuffers.map((fb) => (fb === null ? 'nothing' : names([fb])));
      return `${shown.join(' ')} ${lit.join(' ')}`;
    },
  },
  {
    // Composes every frame from now on, or no longer. Commits keep their own interrupts.
    name: 'kms.watch',
    parameters: ['device', 'on'],
    *run(environment, args) {
      const output = outputOf(environment, args);
      yield* output.watch(args.boolean('on', true));
      return null;
    },
  },
  {
    // What was composed: `1:f 2:f+g`.
    name: 'kms.composed',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const output = outputOf(environment, args);
      looksAt(output);
      const known = displayOf(environment, args).framebuffers.value;
      const nameOf = (number: number): string => {
        const fb = known.find(([other]) => other === number)?.[1] ?? null;
        return fb === null ? 'gone' : names([fb]);
      };
      const frames = output.composed.value.map(({ start, framebuffers }) => {
        return `${start}:${framebuffers.map(nameOf).join('+') || 'nothing'}`;
      });
      return frames.join(' ');
    },
  },
  {
    // How many commits of the CRTC are not cleaned up.
    name: 'kms.commits',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const { crtcs } = displayOf(environment, args);
      looksAt(...crtcs);
      return crtcs.map(({ commits }) => commits.value.length).join(' ');
    },
  },
  {
    // Whether the last commit of the CRTC has yet to flip: what the next one looks at.
    name: 'kms.isBusy',
    parameters: ['device'],
    *run(environment, args) {
      const [crtc] = displayOf(environment, args).crtcs;
      if (crtc === undefined) return false;
      yield* crtc.commitLock.acquire();
      const last = crtc.commits.at(0);
      const isBusy = last !== null && !(yield* last.flipDone.tryWait());
      crtc.commitLock.release();
      return isBusy;
    },
  },
  {
    // The number of references on a framebuffer.
    name: 'kms.references',
    parameters: ['fb'],
    *run(environment, args) {
      yield LOOK;
      const fb = environment.find(`${args.text('fb')}.fb`, Framebuffer);
      looksAt(fb);
      return fb.freedBy === null ? fb.references.value : 'freed';
    },
  },
]);

function* nothing(): Generator<never, void> {}
