import { Crtc } from '../../../impl/hw/display/crtc.ts';
import { ABORTED, type DisplayPort } from '../../../impl/hw/display/display-port.ts';
import {
  CRTC_ENABLE,
  CRTC_FLIP,
  CRTC_GO,
  PLANE_ON,
  shadowOf,
} from '../../../impl/hw/display/display-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { AbstractState, EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** The number of the device. */
const DISPLAY = 1;
/** Lines that may be late in one run. */
const LATE_MAX = 3;
const LINES = 2;

/** A bus that works, or does not. */
class Surroundings extends KernelObject implements DisplayPort {
  refuses = false;

  constructor(stack: Stack) {
    super(stack.world, 'surroundings');
  }

  *findPage(): KernelTask<number> {
    return this.refuses ? ABORTED : 0;
  }

  load(): number {
    return 0;
  }

  scans(): void {}
  lower(): void {}
  races(): void {}
  *raise(): KernelTask<void> {}

  override abstract(): AbstractState {
    return { state: this.refuses ? 'refuses' : 'works', context: {} };
  }

  visitState(visit: StateVisitor): void {
    visit('refuses', this.refuses);
  }
}

/** Somebody waits for its frames, for as long as a path is. */
class WatchedCrtc extends Crtc {
  override get periodNs(): number {
    return 0;
  }
}

/** One screen with one plane. */
class CrtcScene extends Scene {
  readonly kind = 'crtc';
  private readonly around: Surroundings;
  private readonly crtc: Crtc;

  constructor(stack: Stack, hasGo: boolean) {
    super(stack);
    this.around = new Surroundings(stack);
    const size = { lines: LINES, blankLines: 2, lineTokens: 1, readAhead: 0 };
    this.crtc = new WatchedCrtc(stack.world, DISPLAY, this.around, {
      options: { ...size, hasGo },
    });
    this.crtc.writeRegister(shadowOf(0, 'CTL'), PLANE_ON);
  }

  readonly operations: readonly Operation[] = [
    this.writes('enable', CRTC_ENABLE, 1, ['enable']),
    this.writes('disable', CRTC_ENABLE, 0, ['disable']),
    this.writes('go', CRTC_GO, 1, ['go']),
    this.writes('flip', CRTC_FLIP, 1, ['flip']),
    this.does('unplug', ['unplug'], () => this.crtc.unplug()),
    {
      name: 'late',
      emits: ['line.late'],
      body: () => (this.crtc.isWorking && this.crtc.mishaps > 0 ? this.crtc.step(1) : null),
    },
    this.does('refuse', [], () => (this.around.refuses = true)),
    this.does('accept', [], () => (this.around.refuses = false)),
  ];

  private writes(
    name: string,
    register: string,
    value: number,
    emits: readonly EventName[],
  ): Operation {
    return this.does(name, emits, () => this.crtc.writeRegister(register, value));
  }

  private does(name: string, emits: readonly EventName[], act: () => void): Operation {
    return { name, emits, body: () => this.act(act) };
  }

  private *act(act: () => void): KernelTask<void> {
    act();
  }
}

function scene(hasGo: boolean): SceneKind {
  return {
    kind: 'crtc',
    liveMax: 0,
    asleepMax: 0,
    isSurrounded: true,
    world: { time: 'free', hardwareFaultsMax: LATE_MAX },
    set: (stack) => new CrtcScene(stack, hasGo),
  };
}

/** With registers that are taken over together, and one by one. */
export const CRTC_SCENES: readonly SceneKind[] = [scene(true), scene(false)];
