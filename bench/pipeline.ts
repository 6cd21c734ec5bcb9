import {
  DRM_IOCTL_MODE_ADDFB2,
  DRM_IOCTL_MODE_CREATE_DUMB,
  DRM_IOCTL_PRIME_FD_TO_HANDLE,
  DRM_IOCTL_PRIME_HANDLE_TO_FD,
  DRM_IOCTL_SET_CLIENT_CAP,
} from '../impl/drm/drm-ioctls.ts';
import { GPU_IOCTL_SUBMIT, GPU_OPS, GPU_SUBMIT_FENCE_OUT } from '../impl/drm/gpu/gpu-uapi.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_FORMAT_XRGB8888,
  DRM_IOCTL_MODE_ATOMIC,
  DRM_MODE_ATOMIC_ALLOW_MODESET,
  DRM_MODE_ATOMIC_NONBLOCK,
} from '../impl/drm/kms/kms-uapi.ts';
import { CRTC_DEFAULTS } from '../impl/hw/display/crtc-options.ts';
import type { KernelTask } from '../impl/kernel/access.ts';
import { UserArray } from '../impl/uapi/user-array.ts';
import { numberField, userStructure } from '../impl/uapi/user-memory.ts';
import { UserWord } from '../impl/uapi/user-word.ts';
import { STANDARD_JUDGES } from '../properties/judges/standard.ts';
import { CardBench, type Screen } from '../properties/programs/card-bench.ts';
import { atomicFields, type Setting } from '../properties/programs/display-request.ts';
import type { Environment } from '../properties/programs/environment.ts';
import { defineOperations } from '../properties/programs/operation.ts';
import { program } from '../properties/programs/parse.ts';
import { userCalls } from '../properties/programs/user-space.ts';
import type { JudgeFactory } from '../properties/run/judge.ts';
import { Run } from '../properties/run/run.ts';
import { FIRST } from '../properties/schedules/strategy.ts';

/** As the rules define a frame: scan lines times memory lines of each. */
const FRAME_LINES: number = CRTC_DEFAULTS.lines * CRTC_DEFAULTS.lineTokens;
const LINE_BYTES = 64;
const BUFFERS = 3;
/** More than any of the runs needs. */
const STEPS_MAX = 100_000_000;

/** A buffer that the card draws into and the screen shows. */
interface Picture {
  readonly handle: number;
  readonly framebuffer: number;
}

/** A client with a card, a screen, and buffers that both know. */
class Client {
  private readonly environment: Environment;
  private readonly card: number;
  private readonly screen: number;
  private readonly view: Screen;

  constructor(environment: Environment, files: { card: number; screen: number }, view: Screen) {
    this.environment = environment;
    this.card = files.card;
    this.screen = files.screen;
    this.view = view;
  }

  /** Calls the kernel; anything but success ends the measurement. */
  private *call(
    fd: number,
    command: number,
    fields: Record<string, unknown>,
  ): KernelTask<(name: string) => number> {
    const argument = userStructure(fields);
    const result = yield* userCalls(this.environment).files.ioctl(fd, command, argument);
    if (result !== 0) throw new Error(`request ${command.toString(16)} returns ${result}`);
    return (name) => numberField(argument, name);
  }

  *addPicture(): KernelTask<Picture> {
    const { files } = userCalls(this.environment);
    const size = { width: LINE_BYTES / 4, height: FRAME_LINES, bpp: 32 };
    const made = yield* this.call(this.card, DRM_IOCTL_MODE_CREATE_DUMB, size);
    const handle = made('handle');
    const shared = yield* this.call(this.card, DRM_IOCTL_PRIME_HANDLE_TO_FD, { handle, flags: 0 });
    const found = yield* this.call(this.screen, DRM_IOCTL_PRIME_FD_TO_HANDLE, { fd: shared('fd') });
    yield* files.close(shared('fd'));
    const added = yield* this.call(this.screen, DRM_IOCTL_MODE_ADDFB2, {
      handle: found('handle'),
      format: DRM_FORMAT_XRGB8888,
    });
    return { handle, framebuffer: added('fb_id') };
  }

  *setUp(): KernelTask<void> {
    const fields = { capability: DRM_CLIENT_CAP_ATOMIC, value: 1 };
    yield* this.call(this.screen, DRM_IOCTL_SET_CLIENT_CAP, fields);
  }

  /** The card draws a whole frame; the descriptor of its fence is returned. */
  *draw({ handle }: Picture, version: number): KernelTask<number> {
    const answer = yield* this.call(this.card, GPU_IOCTL_SUBMIT, {
      commands: new UserArray([GPU_OPS.indexOf('draw'), 0, 0, FRAME_LINES, version]),
      command_count: 1,
      handles: [handle],
      writes: 1,
      flags: GPU_SUBMIT_FENCE_OUT,
      fence_fd: -1,
    });
    return answer('fence_fd');
  }

  /** Shows a picture when a fence says so; the descriptor of a fence that says when it is there. */
  *show({ framebuffer }: Picture, fence: number, isFirst: boolean): KernelTask<number> {
    const { planes, crtcs, connectors } = this.view.node.device.display ?? {};
    const [plane = 0, crtc = 0, connector = 0] = [planes, crtcs, connectors].map(
      (objects) => objects?.[0]?.number,
    );
    const settings: Setting[] = [
      [plane, 'FB_ID', framebuffer],
      [plane, 'CRTC_ID', crtc],
      [plane, 'IN_FENCE_FD', fence],
      [crtc, 'OUT_FENCE_PTR', 1],
    ];
    if (isFirst) {
      settings.push([crtc, 'MODE_ID', 1], [crtc, 'ACTIVE', 1], [connector, 'CRTC_ID', crtc]);
    }
    const word = new UserWord(this.environment.stack.world, -1);
    yield* this.call(this.screen, DRM_IOCTL_MODE_ATOMIC, {
      ...atomicFields(settings),
      flags: DRM_MODE_ATOMIC_NONBLOCK | (isFirst ? DRM_MODE_ATOMIC_ALLOW_MODESET : 0),
      words: [word],
    });
    yield* userCalls(this.environment).files.close(fence);
    return yield* word.word.read();
  }

  /** Waits until the fence of a descriptor signals, and closes it. */
  *await(fd: number): KernelTask<void> {
    const { stack } = this.environment;
    const fence = yield* stack.syncFiles.getFence(fd);
    if (fence === null) return;
    yield* fence.wait(false);
    yield* fence.put();
    yield* userCalls(this.environment).files.close(fd);
  }
}

/** Each picture is drawn when it is not shown any more, and shown when it is drawn. */
function* play(client: Client, frames: number): KernelTask<void> {
  const pictures: Picture[] = [];
  yield* client.setUp();
  for (let at = 0; at < BUFFERS; at += 1) pictures.push(yield* client.addPicture());
  let shown = -1;
  for (let frame = 0; frame < frames; frame += 1) {
    const picture = pictures[frame % BUFFERS];
    if (picture === undefined) return;
    const drawn = yield* client.draw(picture, frame + 1);
    if (shown >= 0) yield* client.await(shown);
    shown = yield* client.show(picture, drawn, frame === 0);
  }
  yield* client.await(shown);
}

defineOperations([
  {
    name: 'bench.play',
    parameters: ['frames'],
    *run(environment, args) {
      const { stack } = environment;
      const { files } = userCalls(environment);
      const bench = new CardBench(stack, {
        timeoutJiffies: 2000,
        fallbackJiffies: 500,
        interruptNs: 1000,
        isDoorbellSure: true,
      });
      environment.ownToTheEnd(bench, () => bench.remove());
      yield* bench.probe();
      const view = yield* bench.addScreen({});
      const card = yield* files.openDrm(bench.node.device);
      const screen = yield* files.openDrm(view.node.device);
      yield* play(new Client(environment, { card, screen }, view), args.number('frames'));
      const torn = bench.platform.oracle.records.map(({ kind }) => kind).join(' ');
      return `${view.hardware.crtc.scanner.log.begun} frames scanned ${torn}`.trim();
    },
  },
]);

/** Frames per second of real and of processor time. */
function measure(frames: number, judges: readonly JudgeFactory[]): void {
  const one = program('pipeline', { tasks: { A: `r = bench.play(${frames})` } });
  const run = new Run(one, {
    judges: judges.map((create) => create()),
    notes: false,
    stepsMax: STEPS_MAX,
  });
  const [start, startCpu] = [performance.now(), process.cpuUsage()];
  run.execute(FIRST);
  const { user, system } = process.cpuUsage(startCpu);
  const [seconds, cpu] = [(performance.now() - start) / 1000, (user + system) / 1e6];
  const [finding] = run.findings;
  if (finding !== undefined) throw new Error(finding.message);
  const { steps } = run.world;
  console.log(
    `judges ${judges.length === 0 ? 'off' : 'on '}  ${String(frames).padStart(5)} frames  ` +
      `${(frames / seconds).toFixed(0).padStart(6)}/s  ${(frames / cpu).toFixed(0).padStart(6)}/s CPU  ` +
      `${(steps / frames).toFixed(0)} steps each  (${String(run.calls[0]?.result)})`,
  );
}

measure(200, []); // warms up
measure(2000, []);
measure(300, STANDARD_JUDGES);
