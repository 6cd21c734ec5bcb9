import { DrmExec } from '../../../impl/drm/exec/drm-exec.ts';
import { initExec } from '../../../impl/drm/exec/drm-execs.ts';
import {
  DRM_EXEC_IGNORE_DUPLICATES,
  DRM_EXEC_INTERRUPTIBLE_WAIT,
} from '../../../impl/drm/exec/exec-flags.ts';
import { LocalObject } from '../../../impl/drm/exec/local-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EDEADLK } from '../../../impl/kernel/errno.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, type Operation, ProgramError } from '../operation.ts';
import { LOOK } from './inspect.ts';
import { usageOf } from './resv.ts';

/** Flags as programs write them. */
const FLAGS: Readonly<Record<string, number>> = {
  interruptible: DRM_EXEC_INTERRUPTIBLE_WAIT,
  ignoreDuplicates: DRM_EXEC_IGNORE_DUPLICATES,
};

export function execOf(environment: Environment, args: Arguments): DrmExec {
  return environment.find(args.text('exec'), DrmExec);
}

export function objectOf(environment: Environment, args: Arguments): LocalObject {
  return environment.find(args.text('object'), LocalObject);
}

function objectsOf(environment: Environment, args: Arguments, name: string): LocalObject[] {
  return args.names(name).map((one) => {
    if (one === null) throw new ProgramError('a transaction names objects, and no null');
    return environment.find(one, LocalObject);
  });
}

function flagsOf(args: Arguments): number {
  if (!args.has('flags')) return 0;
  return args.names('flags').reduce((flags, name) => {
    const flag = FLAGS[name ?? ''];
    if (flag === undefined) throw new ProgramError(`a transaction has no flag ${name}`);
    return flags | flag;
  }, 0);
}

/** Names objects pass by pass, as drivers do, until all are locked or something else is wrong. */
export function* untilAllLocked(
  exec: DrmExec,
  name: (pass: number) => KernelTask<number>,
): KernelTask<number> {
  for (let pass = 0; yield* exec.cleanup(); pass = 1) {
    // How often it was here decides nothing, but for the first time.
    exec.world.current.forget(pass);
    const error = yield* name(pass);
    if (error !== 0 && error !== -EDEADLK) return error;
  }
  return 0;
}

function about(
  name: string,
  parameters: readonly string[],
  run: (exec: DrmExec, environment: Environment, args: Arguments) => KernelTask<number | boolean>,
): Operation {
  return {
    name,
    parameters: ['exec', ...parameters],
    *run(environment, args) {
      return yield* run(execOf(environment, args), environment, args);
    },
  };
}

/** Transactions over objects of a driver. */
defineOperations([
  {
    // An object with a reservation of its own, or with that of another one.
    name: 'exec.object',
    parameters: ['root'],
    *run(environment, args, out) {
      const { stack } = environment;
      const root = args.has('root') ? environment.find(args.text('root'), LocalObject) : null;
      const object = yield* LocalObject.create(stack, root);
      environment.bind(out, object);
      environment.own(object, () => object.put());
      return null;
    },
  },
  {
    // The reservation of an object, by a name of its own.
    name: 'exec.resv',
    parameters: ['object'],
    *run(environment, args, out) {
      environment.bind(out, objectOf(environment, args).resv);
      return null;
    },
  },
  {
    // The driver has no more use for it.
    name: 'exec.forget',
    parameters: ['object'],
    *run(environment, args) {
      const object = objectOf(environment, args);
      environment.disown(object);
      yield* object.put();
      return null;
    },
  },
  {
    name: 'exec.init',
    parameters: ['flags', 'room'],
    *run(environment, args, out) {
      const exec = yield* initExec(environment.stack, flagsOf(args), args.number('room', 0));
      environment.bind(out, exec);
      return null;
    },
  },
  about('exec.pass', [], (exec) => exec.cleanup()),
  about('exec.lock', ['object'], (exec, environment, args) =>
    exec.lockObj(objectOf(environment, args)),
  ),
  about('exec.prepare', ['object', 'count'], (exec, environment, args) =>
    exec.prepareObj(objectOf(environment, args), args.number('count', 1)),
  ),
  about('exec.prepareArray', ['objects', 'count'], (exec, environment, args) =>
    exec.prepareArray(objectsOf(environment, args, 'objects'), args.number('count', 1)),
  ),
  {
    name: 'exec.unlock',
    parameters: ['exec', 'object'],
    *run(environment, args) {
      yield* execOf(environment, args).unlockObj(objectOf(environment, args));
      return null;
    },
  },
  {
    name: 'exec.fini',
    parameters: ['exec'],
    *run(environment, args) {
      yield* execOf(environment, args).fini();
      return null;
    },
  },
  // The whole loop. `later`: what passes behind the first one name, if the list has changed.
  about('exec.lockAll', ['objects', 'later', 'count'], (exec, environment, args) => {
    const first = objectsOf(environment, args, 'objects');
    const later = args.has('later') ? objectsOf(environment, args, 'later') : first;
    const count = args.number('count', 1);
    return untilAllLocked(exec, (pass) => exec.prepareArray(pass === 0 ? first : later, count));
  }),
  {
    // A fence for every object that is locked and was named.
    name: 'exec.add',
    parameters: ['exec', 'fence', 'usage'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      for (const { resv } of execOf(environment, args).objects.copy()) {
        yield* resv.addFence(fence, usageOf(args));
      }
      return null;
    },
  },
  {
    // Who is locked and was named, what is in the way, what is locked ahead: `a b; after c; ahead d`.
    name: 'exec.look',
    parameters: ['exec'],
    *run(environment, args) {
      yield LOOK;
      const exec = execOf(environment, args);
      looksAt(exec);
      const { contended, objects, prelocked } = exec;
      return [
        objects.value.map(({ label }) => label).join(' '),
        ...(contended.value === null ? [] : [`after ${contended.value.label}`]),
        ...(prelocked.value === null ? [] : [`ahead ${prelocked.value.label}`]),
      ].join('; ');
    },
  },
  {
    // How many references there are on an object.
    name: 'exec.references',
    parameters: ['object'],
    *run(environment, args) {
      yield LOOK;
      const object = objectOf(environment, args);
      looksAt(object);
      return object.references.value;
    },
  },
  {
    // Who has locked the object: `A`, or `free`.
    name: 'exec.holder',
    parameters: ['object'],
    *run(environment, args) {
      yield LOOK;
      const { resv } = objectOf(environment, args);
      looksAt(resv);
      return resv.lock.holder?.name ?? 'free';
    },
  },
]);
