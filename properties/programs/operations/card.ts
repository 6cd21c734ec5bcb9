import {
  GPU_COMMAND_WORDS,
  GPU_IOCTL_SUBMIT,
  GPU_IOCTL_WAIT,
  GPU_OPS,
  GPU_SUBMIT_FENCE_IN,
  GPU_SUBMIT_FENCE_OUT,
} from '../../../impl/drm/gpu/gpu-uapi.ts';
import { GemObject } from '../../../impl/drm/gem-object.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { DisplayDevice } from '../../../impl/hw/display/display-device.ts';
import { CardBench } from '../card-bench.ts';
import { shownFrames } from '../display-bench.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { bindDescriptor, descriptor } from '../user-space.ts';
import { handleArgument, request } from './drm.ts';
import { LOOK } from './inspect.ts';

/** Stands for "never" where a number is asked for. */
const NEVER: number = -1;

/** What a program sees of a screen that nobody in the machine does. */
class ScreenView {
  readonly hardware: DisplayDevice;

  constructor(hardware: DisplayDevice) {
    this.hardware = hardware;
  }

  visitState(): void {}
}

function benchOf(environment: Environment, args: Arguments): CardBench {
  return environment.find(args.text('card'), CardBench);
}

function jiffies(args: Arguments, name: string, otherwise: number): number {
  const number = args.number(name, otherwise);
  return number === NEVER ? Infinity : number;
}

/** Handles of buffers that the program names, in order. */
function handles(environment: Environment, args: Arguments, key: string): number[] {
  if (!args.has(key)) return [];
  return args.names(key).map((name) => {
    const value = name === null ? 0 : (environment.value(name) ?? Number(name));
    return typeof value === 'number' && value > 0 ? value : 0;
  });
}

/** One command; it reads the first buffer that the job reads, and writes the first that it writes. */
function commandOf(args: Arguments, reads: number): UserArray {
  const op = args.text('does', 'nop');
  const number = GPU_OPS.findIndex((name) => name === op);
  if (number < 0) throw new ProgramError(`the card has no command ${op}`);
  const [lines, version] = [args.number('lines', 1), args.number('version', 0)];
  return new UserArray([number, 0, reads, lines, version]);
}

function flagsOf(args: Arguments): number {
  return (
    (args.has('inFence') ? GPU_SUBMIT_FENCE_IN : 0) |
    (args.boolean('outFence', false) ? GPU_SUBMIT_FENCE_OUT : 0)
  );
}

function* submit(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const reads = handles(environment, args, 'reads');
  const writes = handles(environment, args, 'writes');
  const command = commandOf(args, reads.length);
  const fields = {
    commands: command,
    command_count: command.items.length / GPU_COMMAND_WORDS,
    handles: [...reads, ...writes],
    writes: ((1 << writes.length) - 1) << reads.length,
    flags: args.number('flags', flagsOf(args)),
    fence_fd: args.has('inFence') ? descriptor(environment, args.either('inFence')) : NEVER,
    in_sync: args.has('inSync') ? handleArgument(environment, args, 'inSync') : 0,
    out_sync: args.has('outSync') ? handleArgument(environment, args, 'outSync') : 0,
  };
  const given = fields.fence_fd;
  const answer = yield* request(environment, args, GPU_IOCTL_SUBMIT, fields);
  if (answer.result < 0) {
    // A call that failed leaves the argument as it was, so that it can be made again.
    const isSame = answer.number('fence_fd') === given;
    return isSame ? answer.result : `${answer.result}, and the descriptor is lost`;
  }
  if (args.boolean('outFence', false)) {
    bindDescriptor(environment, out, answer.number('fence_fd'));
  }
  return answer.result;
}

/** A graphics card behind a device file: its clients, their buffers and jobs. */
defineOperations([
  {
    // A machine with a card; `c.device` is what can be opened. Times are in jiffies, -1 for never.
    name: 'card.create',
    parameters: ['timeout', 'fallback', 'latency', 'isDoorbellSure', 'isQuiet'],
    *run(environment, args, out) {
      const bench = new CardBench(environment.stack, {
        timeoutJiffies: jiffies(args, 'timeout', 2000),
        fallbackJiffies: jiffies(args, 'fallback', 500),
        interruptNs: args.number('latency', 1000),
        isDoorbellSure: args.boolean('isDoorbellSure', false),
        isQuiet: args.boolean('isQuiet', false),
      });
      const result = yield* bench.probe();
      environment.bind(out, bench);
      if (out !== null) environment.bind(`${out}.device`, bench.node.device);
      environment.ownToTheEnd(bench, () => bench.remove());
      return result;
    },
  },
  {
    // A job of one command: `nop`, `draw`, `copy`, `hang`. 0 or a negative error; binds the out-fence.
    name: 'card.submit',
    parameters: [
      ...['device', 'does', 'reads', 'writes', 'lines', 'version', 'inFence', 'outFence'],
      ...['inSync', 'outSync', 'flags', 'memory'],
    ],
    run: submit,
  },
  {
    // Waits until nobody uses a buffer. Unit: jiffies; -1: for ever.
    name: 'card.wait',
    parameters: ['device', 'handle', 'timeout', 'memory'],
    *run(environment, args) {
      const handle = handleArgument(environment, args);
      const jiffies = args.number('timeout', 10_000);
      const fields = { handle, timeout: jiffies === NEVER ? MAX_SCHEDULE_TIMEOUT : jiffies };
      return (yield* request(environment, args, GPU_IOCTL_WAIT, fields)).result;
    },
  },
  {
    // A processor draws into a buffer.
    name: 'card.paint',
    parameters: ['card', 'handle', 'version', 'lines'],
    *run(environment, args) {
      const object = environment.find(`${args.text('handle')}.object`, GemObject);
      const lines = args.number('lines', 2);
      yield* benchOf(environment, args).paint(object, args.number('version'), lines);
      return null;
    },
  },
  {
    // What memory holds of a buffer, as words.
    name: 'card.look',
    parameters: ['card', 'handle', 'line'],
    *run(environment, args) {
      yield LOOK;
      const object = environment.find(`${args.text('handle')}.object`, GemObject);
      return benchOf(environment, args).text(object, args.number('line', 0));
    },
  },
  {
    // The card is pulled out.
    name: 'card.unplug',
    parameters: ['card'],
    *run(environment, args) {
      const bench = benchOf(environment, args);
      bench.hardware.unplug();
      return null;
    },
  },
  {
    // What the oracle has noted, in order.
    name: 'card.records',
    parameters: ['card'],
    *run(environment, args) {
      const { records } = benchOf(environment, args).platform.oracle;
      return records.map(({ kind }) => kind).join(' ');
    },
  },
]);

function screenOf(environment: Environment, args: Arguments): ScreenView {
  return environment.find(`${args.text('screen')}.view`, ScreenView);
}

/** Screens of the same machine. */
defineOperations([
  {
    // Two lines of one memory line each and one blank line, unless it says otherwise.
    name: 'screen.create',
    parameters: ['card', 'lines', 'blankLines', 'lineTokens'],
    *run(environment, args, out) {
      const screen = yield* benchOf(environment, args).addScreen({
        lines: args.number('lines', 2),
        blankLines: args.number('blankLines', 1),
        lineTokens: args.number('lineTokens', 1),
        readAhead: 0,
      });
      environment.bind(out, screen.node.device);
      if (out !== null) environment.bind(`${out}.view`, new ScreenView(screen.hardware));
      return null;
    },
  },
  {
    // An interrupt that the screen has not asked for.
    name: 'screen.spurious',
    parameters: ['screen'],
    *run(environment, args) {
      screenOf(environment, args).hardware.bus.interrupt.injectSpurious();
      return null;
    },
  },
  {
    // Lets so many line times pass.
    name: 'screen.sleep',
    parameters: ['screen', 'lines'],
    *run(environment, args) {
      const { clock } = environment.stack.world;
      const { crtc } = screenOf(environment, args).hardware;
      yield* clock.waitUntil(clock.valueNs + args.number('lines') * crtc.options.lineNs);
      return null;
    },
  },
  {
    // Frames that were shown: the drawing of each line.
    name: 'screen.shown',
    parameters: ['screen'],
    *run(environment, args) {
      return shownFrames(screenOf(environment, args).hardware, 0);
    },
  },
]);
