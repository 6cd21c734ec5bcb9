import { assign, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { EVENTS } from '../events.ts';
import type { AbstractState, EventName } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

/** The bounds of an attachment. */
export interface AttachmentScope {
  /** Tables that the importer has at the same time. */
  readonly mappingsMax: number;
  readonly pinsMax: number;
  /** Directions that are mapped. */
  readonly directions: readonly number[];
}

interface Counters {
  readonly mappings: number;
  readonly pins: number;
  /** The direction of the mapping that the core keeps. */
  readonly kept: number;
}

const DMA_BIDIRECTIONAL = 0;
const NOT_KEPT = -1;
const NOTHING: Counters = { mappings: 0, pins: 0, kept: NOT_KEPT };

/** Events that say a direction which the lifecycle depends on. */
const DIRECTED: readonly EventName[] = ['map.kept', 'map.cached', 'map.busy', 'drop'];

function setUp({ mappingsMax, pinsMax }: AttachmentScope) {
  return setup({
    types: { context: {} as Counters, events: {} as EventFor<'attachment'> },
    actions: {
      ...answers,
      addMapping: assign({ mappings: ({ context }) => context.mappings + 1 }),
      dropMapping: assign({ mappings: ({ context }) => context.mappings - 1 }),
      addPin: assign({ pins: ({ context }) => context.pins + 1 }),
      dropPin: assign({ pins: ({ context }) => context.pins - 1 }),
      keep: assign({ kept: ({ event }) => event.detail ?? NOT_KEPT }),
      letGo: assign({ kept: NOT_KEPT }),
      /** What the importer has left behind is lost. */
      forget: assign({ ...NOTHING }),
    },
    guards: {
      canMap: ({ context }) => context.mappings < mappingsMax,
      hasLastMapping: ({ context }) => context.mappings === 1,
      canPin: ({ context }) => context.pins < pinsMax,
      isPinned: ({ context }) => context.pins > 0,
      isLoose: ({ context }) => context.pins === 0,
      isBidirectional: ({ event }) => event.detail === DMA_BIDIRECTIONAL,
      isKept: ({ context, event }) => event.detail === context.kept,
      isServed: ({ context, event }) =>
        context.kept === DMA_BIDIRECTIONAL || context.kept === event.detail,
      isUnserved: ({ context, event }) =>
        context.kept !== DMA_BIDIRECTIONAL && context.kept !== event.detail,
    },
  });
}

type AttachmentSetup = ReturnType<typeof setUp>;

const DETACH = {
  target: '#attachment.unlisted',
  actions: ['forget', embodies('ATTACH-007')],
} as const;
const NOTIFY = { actions: embodies('ATTACH-028') } as const;
const ACCESS = { actions: embodies('ATTACH-024', 'ATTACH-027') } as const;
/** Nothing is mapped, so nobody is interested in where the storage is. */
const FREELY = { actions: embodies('ATTACH-033') } as const;

const MAP = {
  guard: 'canMap',
  target: 'mapped',
  actions: ['addMapping', embodies('ATTACH-015', 'ATTACH-018')],
} as const;
const MAP_FAILED = { actions: embodies('ATTACH-015') } as const;
const UNMAP = [
  { guard: 'hasLastMapping', target: 'none', actions: ['dropMapping', embodies('ATTACH-025')] },
  { actions: ['dropMapping', embodies('ATTACH-025')] },
] as const;
const KEEP = { target: 'kept', actions: ['keep', embodies('ATTACH-017')] } as const;

const UNPIN = {
  guard: 'isPinned',
  actions: ['dropPin', embodies('ATTACH-012', 'ATTACH-021')],
} as const;

/** What is kept answers the importer's calls. */
const SERVED = {
  'map.cached': { guard: 'isServed', actions: embodies('ATTACH-016') },
  'unmap.cached': { actions: embodies('ATTACH-025') },
  access: ACCESS,
  drop: { guard: 'isKept', target: 'dropped', actions: ['letGo', embodies('ATTACH-007')] },
} as const;

const KEPT_AT_ATTACH = {
  guard: 'isBidirectional',
  target: 'kept',
  actions: ['keep', embodies('ATTACH-005')],
} as const;
const FAILED_AT_ATTACH = { target: 'failed', actions: embodies('ATTACH-006') } as const;

/** Neither side follows moves. */
function plain(attachment: AttachmentSetup) {
  const tables = { map: MAP, 'map.failed': MAP_FAILED } as const;
  const busy = { guard: 'isUnserved', actions: embodies('ATTACH-016') } as const;
  return attachment.createStateConfig({
    initial: 'none',
    states: {
      none: { on: { ...tables, 'map.kept': KEEP, relocate: FREELY, detach: DETACH } },
      mapped: { on: { ...tables, unmap: UNMAP, access: ACCESS, detach: DETACH } },
      kept: { on: { ...SERVED, 'map.busy': busy } },
      dropped: { on: { detach: DETACH } },
    },
  });
}

/** Both sides do: the importer hears of moves, and can pin. Such exporters let nobody keep tables. */
function dynamic(attachment: AttachmentSetup) {
  const always = {
    pin: { guard: 'canPin', actions: ['addPin', embodies('ATTACH-012', 'ATTACH-021')] },
    'pin.failed': { actions: embodies('ATTACH-012', 'ATTACH-021') },
    unpin: UNPIN,
    notify: NOTIFY,
    relocate: { guard: 'isLoose', actions: embodies('ATTACH-014', 'ATTACH-030') },
    map: MAP,
    'map.failed': MAP_FAILED,
    detach: DETACH,
  } as const;
  return attachment.createStateConfig({
    initial: 'none',
    states: {
      none: { on: always },
      mapped: { on: { ...always, unmap: UNMAP, access: ACCESS } },
    },
  });
}

/** The importer follows moves, and the exporter makes none: mapped once, in a second hold. */
function mapped(attachment: AttachmentSetup) {
  return attachment.createStateConfig({
    initial: 'listed',
    states: {
      listed: {
        on: {
          'map.kept': KEPT_AT_ATTACH,
          'map.failed': FAILED_AT_ATTACH,
          notify: NOTIFY,
          relocate: FREELY,
        },
      },
      failed: { on: { notify: NOTIFY, detach: DETACH } },
      kept: { on: { ...SERVED, notify: NOTIFY } },
      dropped: { on: { detach: DETACH } },
    },
  });
}

/** The exporter moves its storage, and the importer does not follow: pinned and mapped once. */
function pinned(attachment: AttachmentSetup) {
  return attachment.createStateConfig({
    initial: 'listed',
    states: {
      listed: {
        on: {
          pin: { target: 'pinned', actions: ['addPin', embodies('ATTACH-005')] },
          'pin.failed': FAILED_AT_ATTACH,
          relocate: FREELY,
        },
      },
      pinned: {
        on: {
          'map.kept': KEPT_AT_ATTACH,
          'map.failed': { target: 'undoing', actions: embodies('ATTACH-006') },
        },
      },
      undoing: {
        on: { unpin: { target: 'failed', actions: ['dropPin', embodies('ATTACH-006')] } },
      },
      failed: { on: { relocate: FREELY, detach: DETACH } },
      kept: { on: SERVED },
      dropped: { on: { unpin: { ...UNPIN, target: 'undone' } } },
      undone: { on: { detach: DETACH } },
    },
  });
}

function machineIn(scope: AttachmentScope) {
  const attachment = setUp(scope);
  const begin = { actions: embodies('ATTACH-004') } as const;
  return attachment.createMachine({
    id: 'attachment',
    context: NOTHING,
    initial: 'unborn',
    states: {
      unborn: {
        on: {
          'attach.plain': { target: 'plain', ...begin },
          'attach.dynamic': { target: 'dynamic', ...begin },
          'attach.mapped': { target: 'mapped', ...begin },
          'attach.pinned': { target: 'pinned', ...begin },
        },
      },
      plain: plain(attachment),
      dynamic: dynamic(attachment),
      mapped: mapped(attachment),
      pinned: pinned(attachment),
      unlisted: { on: { free: { target: 'freed', actions: embodies('ATTACH-007') } } },
      freed: {},
    },
  });
}

const FORBIDS: Lifecycle['forbids'] = {
  'attach.plain': ['ATTACH-004'],
  'attach.dynamic': ['ATTACH-004'],
  'attach.mapped': ['ATTACH-004'],
  'attach.pinned': ['ATTACH-004'],
  pin: ['ATTACH-013', 'ATTACH-010'],
  'pin.failed': ['ATTACH-013', 'ATTACH-010'],
  unpin: ['ATTACH-012'],
  map: ['ATTACH-010', 'ATTACH-016'],
  'map.kept': ['ATTACH-010', 'ATTACH-017', 'ATTACH-021'],
  'map.failed': ['ATTACH-010', 'ATTACH-016'],
  'map.cached': ['ATTACH-016'],
  'map.busy': ['ATTACH-016'],
  unmap: ['ATTACH-018', 'ATTACH-025'],
  'unmap.cached': ['ATTACH-025'],
  notify: ['ATTACH-028'],
  relocate: ['ATTACH-014', 'ATTACH-027'],
  access: ['ATTACH-024', 'ATTACH-010'],
  drop: ['ATTACH-007'],
  detach: ['ATTACH-007', 'ATTACH-006'],
  free: ['ATTACH-007'],
};

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { kept }: Counters = snapshot.context;
  const isListed = ['plain', 'dynamic', 'mapped', 'pinned'].some((kind) => snapshot.matches(kind));
  return { state: isListed ? 'listed' : 'unlisted', context: { kept } };
}

/**
 * One device's use of a buffer. Who of the two sides can follow moves decides at attach what the
 * core maps by itself. What the importer leaves behind when it detaches nobody checks here.
 */
export function attachmentMachine(scope: AttachmentScope): Lifecycle {
  const { mappingsMax, pinsMax, directions } = scope;
  return {
    kind: 'attachment',
    scope: { mappingsMax, pinsMax, directions: directions.join(' ') },
    machine: machineIn(scope),
    alphabet: EVENTS.attachment.flatMap((type): ModelEvent[] =>
      DIRECTED.includes(type) ? directions.map((detail) => ({ type, detail })) : [{ type }],
    ),
    forbids: FORBIDS,
    view,
    take: ({ name, detail }) => (DIRECTED.includes(name) ? { type: name, detail } : { type: name }),
  };
}
