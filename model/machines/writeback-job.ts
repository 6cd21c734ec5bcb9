import { assign, not, setup } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { type AbstractState, EVENTS } from '../events.ts';
import type { EventFor, Lifecycle, ModelEvent } from '../lifecycle.ts';
import { answers, embodies } from '../returns.ts';

interface JobContext {
  /** It has a reference on an out-fence. */
  readonly fence: boolean;
}

const job = setup({
  types: { context: {} as JobContext, events: {} as EventFor<'writebackJob'> },
  actions: {
    ...answers,
    promise: assign({ fence: true }),
    signal: assign({ fence: false }),
  },
  guards: { hasFence: ({ context }) => context.fence },
});

/** A job that was queued is the hardware's: nobody gives it up, and its fence is signaled once. */
const machine = job.createMachine({
  id: 'writebackJob',
  context: { fence: false },
  initial: 'unborn',
  states: {
    unborn: { on: { make: { target: 'new', actions: embodies('KMS-021') } } },
    new: {
      on: {
        promise: { guard: not('hasFence'), actions: ['promise', embodies('KMS-021')] },
        prepare: { target: 'prepared', actions: embodies('KMS-021') },
        cleanUp: { target: 'freed', actions: embodies('KMS-021', 'KMS-024') },
      },
    },
    prepared: {
      on: {
        queue: { target: 'queued', actions: embodies('KMS-021') },
        cleanUp: { target: 'freed', actions: embodies('KMS-024') },
      },
    },
    queued: { on: { complete: { target: 'done', actions: embodies('KMS-021') } } },
    done: {
      on: {
        signal: { guard: 'hasFence', actions: ['signal', embodies('KMS-021')] },
        cleanUp: { guard: not('hasFence'), target: 'freed', actions: embodies('KMS-021') },
      },
    },
    freed: {},
  },
});

const FORBIDS: Lifecycle['forbids'] = {
  make: ['KMS-021'],
  promise: ['KMS-021'],
  prepare: ['KMS-021'],
  queue: ['KMS-021'],
  complete: ['KMS-021'],
  signal: ['KMS-021'],
  cleanUp: ['KMS-021', 'KMS-024'],
};

const NAMES = ['prepared', 'queued', 'done', 'freed'] as const;

function view(snapshot: AnyMachineSnapshot): AbstractState {
  const { fence }: JobContext = snapshot.context;
  return { state: NAMES.find((name) => snapshot.matches(name)) ?? 'new', context: { fence } };
}

/** One picture that shall be captured. */
export function writebackJobMachine(): Lifecycle {
  return {
    kind: 'writebackJob',
    scope: {},
    machine,
    alphabet: EVENTS.writebackJob.map((type): ModelEvent => ({ type })),
    forbids: FORBIDS,
    view,
    take: ({ name }) => ({ type: name }),
  };
}
