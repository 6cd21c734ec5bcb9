import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaBufOps,
  type DmaDirection,
} from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import { EBUSY } from '../../../impl/kernel/errno.ts';
import type { Access, KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject } from '../../../impl/kernel/object.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { EventName, EventOf } from '../../../model/events.ts';
import { isDecisive } from './decisive.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** Which of the two sides can follow moves, and whether the core keeps what is mapped first. */
interface Pair {
  readonly exporter: 'static' | 'dynamic';
  readonly importer: 'static' | 'dynamic';
  readonly isCached: boolean;
  /** The kernel is built so that maps do not pin. */
  readonly moveNotify: boolean;
}

const DIRECTIONS = [DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE] as const;

/** What the exporter behind the buffer is told to do, one time. */
type Mood = 'obliging' | 'refuses to pin' | 'refuses to map';

class Exporter extends KernelObject {
  mood: Mood = 'obliging';

  constructor(stack: Stack) {
    super(stack.world, 'exporter');
    this.isStatic = true;
  }

  ops({ exporter, isCached }: Pair): DmaBufOps {
    const { world } = this;
    const pins = {
      pin: () => this.answer('refuses to pin'),
      *unpin(): KernelTask<void> {},
    };
    return {
      cacheSgtMapping: isCached,
      ...(exporter === 'dynamic' ? pins : {}),
      map: () => this.map(),
      *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
        world.memory.free(table);
      },
      *release(): KernelTask<void> {},
    };
  }

  private *answer(refusal: Mood): KernelTask<number> {
    return this.mood === refusal ? -EBUSY : 0;
  }

  private *map(): KernelTask<SgTable | number> {
    if (this.mood === 'refuses to map') return -EBUSY;
    return new SgTable(this.world, [{ dmaAddress: PAGE_SIZE, length: PAGE_SIZE }]);
  }

  visitState(): void {}
}

/** One attachment between two drivers. Whoever calls the core holds the lock for the whole call. */
class AttachmentScene extends Scene {
  readonly kind = 'attachment';
  readonly operations: readonly Operation[];
  private readonly pair: Pair;
  private readonly exporter: Exporter;
  private buffer: DmaBuf | null = null;
  private attachment: DmaBufAttachment | null = null;
  private readonly tables: SgTable[] = [];

  constructor(stack: Stack, pair: Pair) {
    super(stack);
    this.pair = pair;
    this.exporter = new Exporter(stack);
    const stops: readonly EventName[] = ['attach.mapped', 'attach.pinned', 'detach'];
    this.operations = [
      ...(['obliging', 'refuses to pin', 'refuses to map'] as const).map((mood): Operation => ({
        name: `attach, it ${mood}`,
        emits: [
          'attach.plain',
          'attach.dynamic',
          'attach.mapped',
          'attach.pinned',
          ...(['pin', 'pin.failed', 'unpin', 'map.kept', 'map.failed', 'detach', 'free'] as const),
        ],
        begins: ['attach.plain', 'attach.dynamic', 'attach.mapped', 'attach.pinned'],
        stops: [...stops, 'map.failed', 'pin.failed'],
        body: () => (this.subject === null ? this.attach(mood) : null),
      })),
      {
        ...this.on('detach', ['drop', 'unpin', 'detach', 'free'], (attachment) =>
          this.detach(attachment),
        ),
        begins: ['drop', 'detach'],
        stops,
      },
      ...DIRECTIONS.flatMap((direction) => this.mappings(direction)),
      ...this.pins(),
      {
        name: 'notify',
        emits: ['notify'],
        stops: [],
        isQuiet: true,
        body: () => (this.buffer === null ? null : this.notify(this.buffer)),
      },
      this.said('relocate'),
      this.said('access'),
    ];
  }

  private mappings(direction: DmaDirection): readonly Operation[] {
    const maps: readonly EventName[] = [
      ...(['pin', 'pin.failed', 'unpin', 'map', 'map.kept', 'map.failed'] as const),
      ...(['map.cached', 'map.busy'] as const),
    ];
    return [
      ...(['obliging', 'refuses to pin', 'refuses to map'] as const).map((mood) =>
        this.on(`map ${direction}, it ${mood}`, maps, (attachment) =>
          this.map(attachment, direction, mood),
        ),
      ),
      this.on(`unmap ${direction}`, ['unmap', 'unmap.cached', 'unpin'], (attachment) => {
        const table = this.tables.at(-1);
        return table === undefined ? null : this.unmap(attachment, table, direction);
      }),
    ];
  }

  /** Only importers that follow moves may pin. */
  private pins(): readonly Operation[] {
    if (this.pair.importer === 'static') return [];
    const { bufferAttachments } = this.stack;
    return [
      this.on('pin', ['pin'], (attachment) =>
        this.locked(attachment.buffer, () => bufferAttachments.pin(attachment)),
      ),
      this.on('pin, it refuses', ['pin.failed'], (attachment) => this.pinFails(attachment)),
      this.on('unpin', ['unpin'], (attachment) =>
        this.locked(attachment.buffer, () => bufferAttachments.unpin(attachment)),
      ),
    ];
  }

  private on(
    name: string,
    emits: readonly EventName[],
    run: (attachment: DmaBufAttachment) => KernelTask<unknown> | null,
  ): Operation {
    const body = () => (this.attachment === null ? null : run(this.attachment));
    return { name, emits, stops: [], body };
  }

  /** What a driver or a device does is no call of the core. */
  private said(name: EventOf<'attachment'>): Operation {
    const say = function* (attachment: DmaBufAttachment): KernelTask<void> {
      attachment.tell(name);
    };
    const body = () => {
      const attachment = this.buffer?.attachments.value[0];
      return attachment === undefined ? null : say(attachment);
    };
    return { name, emits: [name], stops: [], body };
  }

  private *locked<T>(buffer: DmaBuf, run: () => KernelTask<T>): KernelTask<T> {
    yield* buffer.resv.acquire();
    const result = yield* run();
    yield* buffer.resv.release();
    return result;
  }

  private *attach(mood: Mood): KernelTask<void> {
    const { stack, pair } = this;
    const buffer = yield* stack.buffers.export({
      exporterName: 'scene',
      owner: null,
      ops: this.exporter.ops(pair),
      size: PAGE_SIZE,
      flags: O_RDWR,
      resv: null,
      priv: this.exporter,
    });
    if (typeof buffer === 'number') return;
    this.buffer = buffer;
    this.exporter.mood = mood;
    const ops = {
      *moveNotify(): KernelTask<void> {},
    };
    const importer = pair.importer === 'dynamic' ? { ops, priv: null } : null;
    const made = yield* stack.bufferAttachments.dynamicAttach(buffer, { name: 'gpu' }, importer);
    this.exporter.mood = 'obliging';
    if (typeof made === 'number') return;
    this.attachment = made;
    const kept = made.cached.value;
    if (kept !== null) this.tables.push(kept);
  }

  private *detach(attachment: DmaBufAttachment): KernelTask<void> {
    this.attachment = null;
    yield* this.stack.bufferAttachments.detach(attachment.buffer, attachment);
  }

  private *map(
    attachment: DmaBufAttachment,
    direction: DmaDirection,
    mood: Mood,
  ): KernelTask<void> {
    const { bufferAttachments } = this.stack;
    this.exporter.mood = mood;
    const table = yield* this.locked(attachment.buffer, () =>
      bufferAttachments.map(attachment, direction),
    );
    this.exporter.mood = 'obliging';
    if (typeof table !== 'number' && !this.tables.includes(table)) this.tables.push(table);
  }

  private *unmap(
    attachment: DmaBufAttachment,
    table: SgTable,
    direction: DmaDirection,
  ): KernelTask<void> {
    const { bufferAttachments } = this.stack;
    if (attachment.cached.value !== table) this.tables.pop();
    yield* this.locked(attachment.buffer, () =>
      bufferAttachments.unmap(attachment, table, direction),
    );
  }

  private *notify(buffer: DmaBuf): KernelTask<void> {
    yield* this.locked(buffer, () => this.stack.bufferAttachments.moveNotify(buffer));
  }

  private *pinFails(attachment: DmaBufAttachment): KernelTask<void> {
    this.exporter.mood = 'refuses to pin';
    yield* this.locked(attachment.buffer, () => this.stack.bufferAttachments.pin(attachment));
    this.exporter.mood = 'obliging';
  }

  /** Attaching takes the lock twice: others may come between. */
  override stopsBefore(access: Access): boolean {
    return super.stopsBefore(access) || isDecisive(access);
  }
}

function scene(pair: Pair): SceneKind {
  return {
    kind: 'attachment',
    liveMax: 2,
    asleepMax: 0,
    isSurrounded: true,
    world: { moveNotify: pair.moveNotify },
    set: (stack) => new AttachmentScene(stack, pair),
  };
}

const SIDES = ['static', 'dynamic'] as const;

/** Who follows moves; whether the core keeps mappings; and a kernel in which maps do not pin. */
export const ATTACHMENT_SCENES: readonly SceneKind[] = [
  ...SIDES.flatMap((exporter) =>
    SIDES.flatMap((importer) =>
      // An exporter that moves its storage lets nobody keep tables.
      (exporter === 'static' ? [false, true] : [false]).map((isCached) =>
        scene({ exporter, importer, isCached, moveNotify: false }),
      ),
    ),
  ),
  scene({ exporter: 'dynamic', importer: 'dynamic', isCached: false, moveNotify: true }),
];
