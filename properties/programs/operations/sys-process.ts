import { defineOperations } from '../operation.ts';
import { bindDescriptor, descriptorArgument, userCalls } from '../user-space.ts';

/** Processes: a task `child/B` is a thread of `child`, every other one of `main`. */
defineOperations([
  {
    // The threads of `process` begin now, with copies of the caller's descriptors and mappings.
    name: 'sys.fork',
    parameters: ['process'],
    *run(environment, args) {
      const parent = userCalls(environment).process;
      yield* parent.fork(environment.processes.named(args.text('process')));
      return null;
    },
  },
  {
    // Sends what is behind a descriptor to another process.
    name: 'sys.send',
    parameters: ['fd', 'process'],
    *run(environment, args) {
      const { socket } = environment.processes.named(args.text('process'));
      return yield* socket.send(descriptorArgument(environment, args));
    },
  },
  {
    // A descriptor for what was sent; without `wait` -EAGAIN when nothing was.
    name: 'sys.receive',
    parameters: ['wait'],
    *run(environment, args, out) {
      const { socket } = userCalls(environment).process;
      const fd = yield* socket.receive(args.boolean('wait', true));
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    // Its threads end as soon as they would return to user space, the last one with all it has.
    name: 'sys.kill',
    parameters: ['process'],
    *run(environment, args) {
      yield* environment.processes.named(args.text('process')).kill();
      return null;
    },
  },
]);
