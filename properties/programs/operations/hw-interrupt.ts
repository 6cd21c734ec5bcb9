import type { KernelTimer } from '../../../impl/kernel/kernel-timer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { InterruptLine } from '../../../impl/hw/interrupt-line.ts';
import { Anywhere, HandlerData, HANDLERS, ServedLine } from '../../hardware/served-line.ts';
import { ProbeDevice } from '../../hardware/probe-device.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations } from '../operation.ts';
import { oneOf } from './choice.ts';
import { platformOf } from './hw-memory.ts';

function servedOf(environment: Environment, args: Arguments): ServedLine {
  return environment.find(args.text('line'), ServedLine);
}

function lineOf(environment: Environment, args: Arguments): InterruptLine {
  return servedOf(environment, args).line;
}

function dataOf(environment: Environment, args: Arguments): HandlerData {
  return environment.find(`${args.text('line')}.data`, HandlerData);
}

/** A timer of a program, which counts how often it has fired. */
class CountingTimer extends KernelObject {
  readonly fired: Cell;
  readonly timer: KernelTimer;
  /** Where it fired last. */
  context = '';

  constructor(environment: Environment) {
    const { world, types } = environment.stack;
    super(world, 'countingTimer');
    this.isStatic = true;
    this.fired = new Cell(this, 'fired', 0);
    this.timer = new types.hardware.KernelTimer(world, () => this.fire());
    this.timer.isStatic = true;
  }

  /** In two steps, so that somebody can come between. */
  private *fire(): KernelTask<void> {
    this.context = this.world.current.context;
    const before = yield* this.fired.read();
    yield* this.fired.write(before + 1);
  }

  visitState(visit: StateVisitor): void {
    visit('fired', this.fired.value);
    visit('context', this.context);
  }
}

function anywhereOf(environment: Environment): Cell {
  const known = environment.value(ANYWHERE);
  if (known instanceof Anywhere) return known.running;
  const made = new Anywhere(environment.stack.world);
  environment.bind(ANYWHERE, made);
  return made.running;
}

const ANYWHERE = 'irq.anywhere';

function timerOf(environment: Environment, args: Arguments): CountingTimer {
  return environment.find(args.text('timer'), CountingTimer);
}

/** Calls about interrupt lines and timers. */
defineOperations([
  {
    name: 'irq.line',
    parameters: ['type', 'platform'],
    *run(environment, args, out) {
      const platform = platformOf(environment, args);
      const type = oneOf(args, 'type', ['edge', 'level'] as const);
      environment.bind(out, new ServedLine(platform, out ?? 'line', type, anywhereOf(environment)));
      return null;
    },
  },
  {
    // A handler, and what it uses; from now on interrupts are taken on this processor.
    name: 'irq.request',
    parameters: ['line', 'handler', 'here'],
    *run(environment, args) {
      const served = servedOf(environment, args);
      const kind = oneOf(args, 'handler', HANDLERS);
      const data = new HandlerData(served);
      environment.bind(`${args.text('line')}.data`, data);
      environment.own(data, () => served.teardown(data));
      if (args.boolean('here', false)) served.line.routeTo(served.world.current.cpu);
      yield* served.line.request(() => served.handle(kind, data));
      return null;
    },
  },
  {
    // Says where interrupts go: to the processor of whoever calls.
    name: 'irq.here',
    parameters: ['line'],
    *run(environment, args) {
      const { line, world } = servedOf(environment, args);
      line.routeTo(world.current.cpu);
      return null;
    },
  },
  {
    // The driver goes: `synchronizes` false is a mistake of a driver.
    name: 'irq.teardown',
    parameters: ['line', 'synchronizes'],
    *run(environment, args) {
      const { line, world } = servedOf(environment, args);
      const data = dataOf(environment, args);
      environment.disown(data);
      if (args.boolean('synchronizes', true)) yield* line.release();
      world.memory.free(data);
      return null;
    },
  },
  {
    // The device wants attention; of a level, as long as `status` says.
    name: 'irq.assert',
    parameters: ['line', 'status'],
    *run(environment, args) {
      const served = servedOf(environment, args);
      if (args.has('status')) served.status.set(args.boolean('status'));
      yield* served.line.assert();
      return null;
    },
  },
  {
    name: 'irq.mask',
    parameters: ['line'],
    *run(environment, args) {
      yield* lineOf(environment, args).mask();
      return null;
    },
  },
  {
    name: 'irq.unmask',
    parameters: ['line'],
    *run(environment, args) {
      yield* lineOf(environment, args).unmask();
      return null;
    },
  },
  {
    name: 'irq.synchronize',
    parameters: ['line'],
    *run(environment, args) {
      yield* lineOf(environment, args).synchronize();
      return null;
    },
  },
  {
    name: 'irq.handled',
    parameters: ['line'],
    *run(environment, args) {
      return yield* servedOf(environment, args).handled.read();
    },
  },
  {
    // How often handlers met.
    name: 'irq.met',
    parameters: ['line'],
    *run(environment, args) {
      const served = servedOf(environment, args);
      yield* served.inside.read();
      return served.met;
    },
  },
  {
    // The task signs, too, in the step in which it is; how many have done so before.
    name: 'irq.sign',
    parameters: ['line'],
    *run(environment, args) {
      const { place } = servedOf(environment, args).anywhere;
      if (!(place instanceof Anywhere)) return null;
      place.sign(place.world.current.name);
      return place.signatures.length - 1;
    },
  },
  {
    // Lines whose handlers have signed, in order.
    name: 'irq.signatures',
    parameters: ['line'],
    *run(environment, args) {
      const { place } = servedOf(environment, args).anywhere;
      return place instanceof Anywhere ? place.signatures.join(' ') : null;
    },
  },
  {
    // Handlers of all lines that run, as whoever asks can see it.
    name: 'irq.running',
    parameters: ['line'],
    *run(environment, args) {
      return yield* servedOf(environment, args).anywhere.read();
    },
  },
  {
    name: 'irq.status',
    parameters: ['line'],
    *run(environment, args) {
      return servedOf(environment, args).status.get();
    },
  },
  {
    // A section with the lock that the handler takes.
    name: 'irq.section',
    parameters: ['line', 'irqsave', 'ns'],
    *run(environment, args) {
      const { lock, handled } = servedOf(environment, args);
      if (args.boolean('irqsave', true)) {
        const flags = yield* lock.acquireIrqsave();
        const seen = yield* handled.read();
        const { clock } = lock.world;
        if (args.has('ns')) yield* clock.waitUntil(clock.valueNs + args.number('ns'));
        lock.releaseIrqrestore(flags);
        return seen;
      }
      yield* lock.acquire();
      const seen = yield* handled.read();
      lock.release();
      return seen;
    },
  },
  {
    // The IOMMU's own interrupt, with a handler that counts.
    name: 'irq.iommu',
    parameters: ['platform'],
    *run(environment, args, out) {
      const platform = platformOf(environment, args);
      const anywhere = anywhereOf(environment);
      const served = new ServedLine(platform, out ?? 'line', 'edge', anywhere);
      environment.bind(out, served);
      const data = new HandlerData(served);
      data.isStatic = true;
      yield* platform.iommu.interrupt.request(() => served.handle('counts', data));
      return null;
    },
  },
  {
    name: 'irq.device',
    parameters: ['device', 'handler'],
    *run(environment, args, out) {
      const device = environment.find(args.text('device'), ProbeDevice);
      const served = new ServedLine(
        device.platform,
        out ?? 'line',
        'edge',
        anywhereOf(environment),
      );
      environment.bind(out, served);
      const data = new HandlerData(served);
      environment.bind(`${out ?? 'line'}.data`, data);
      data.isStatic = true;
      const kind = oneOf(args, 'handler', HANDLERS);
      yield* device.line.request(() => served.handle(kind, data));
      return null;
    },
  },
  {
    name: 'timer.create',
    parameters: [],
    *run(environment, _args, out) {
      environment.bind(out, new CountingTimer(environment));
      return null;
    },
  },
  {
    name: 'timer.arm',
    parameters: ['timer', 'jiffies'],
    *run(environment, args) {
      const { timer, world } = timerOf(environment, args);
      yield* timer.arm(world.clock.now + args.number('jiffies'));
      return null;
    },
  },
  {
    name: 'timer.cancel',
    parameters: ['timer'],
    *run(environment, args) {
      return yield* timerOf(environment, args).timer.cancel();
    },
  },
  {
    name: 'timer.cancelSync',
    parameters: ['timer'],
    *run(environment, args) {
      return yield* timerOf(environment, args).timer.cancelSync();
    },
  },
  {
    name: 'timer.context',
    parameters: ['timer'],
    *run(environment, args) {
      return timerOf(environment, args).context;
    },
  },
  {
    name: 'timer.fired',
    parameters: ['timer'],
    *run(environment, args) {
      return yield* timerOf(environment, args).fired.read();
    },
  },
]);
