import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } from '../../../impl/uapi/epoll-calls.ts';
import { EPOLLET, EPOLLONESHOT } from '../../../impl/uapi/epoll-item.ts';
import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from '../../../impl/uapi/file.ts';
import type { PollFd } from '../../../impl/uapi/poll.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result, ProgramError } from '../operation.ts';
import { bindDescriptor, descriptor, descriptorArgument, userCalls } from '../user-space.ts';

/** More events than this are not fetched at once. */
const EVENTS_MAX = 16;

const BITS: Readonly<Record<string, number>> = {
  none: 0,
  in: POLLIN,
  out: POLLOUT,
  err: POLLERR,
  hup: POLLHUP,
  invalid: POLLNVAL,
  all: 0x7fff,
  edge: EPOLLET,
  once: EPOLLONESHOT,
};

const SHOWN = ['in', 'out', 'err', 'hup', 'invalid'] as const;

/** Events are written as words: `in`, `in+out`, `in+edge`. */
function eventsOf(args: Arguments): number {
  let mask = 0;
  for (const word of args.text('events', 'in').split('+')) {
    const bit = BITS[word];
    if (bit === undefined) throw new ProgramError(`there is no event ${word}`);
    mask |= bit;
  }
  return mask;
}

/** The same words; bits that have none as one number. */
function eventsText(mask: number): string {
  const words: string[] = SHOWN.filter((word) => (mask & (BITS[word] ?? 0)) !== 0);
  const rest = SHOWN.reduce((left, word) => left & ~(BITS[word] ?? 0), mask);
  if (rest !== 0) words.push(String(rest));
  return words.length === 0 ? 'none' : words.join('+');
}

/** The events of one descriptor, `none` when time ran out, or a negative error. */
function* pollOne(environment: Environment, args: Arguments): KernelTask<Result> {
  const fd = descriptorArgument(environment, args);
  const pollfd: PollFd = { fd, events: eventsOf(args), revents: 0 };
  const { polls } = userCalls(environment);
  const count = yield* polls.poll([pollfd], args.number('timeout', 0));
  return count < 0 ? count : eventsText(pollfd.revents);
}

/** `2: in none in`: how many have something to tell, and what. */
function* pollMany(environment: Environment, args: Arguments): KernelTask<Result> {
  const events = eventsOf(args);
  const fds: PollFd[] = args
    .names('fds')
    .map((name) => ({ fd: descriptor(environment, name ?? -1), events, revents: 0 }));
  const { polls } = userCalls(environment);
  const count = yield* polls.poll(fds, args.number('timeout', 0));
  if (count < 0) return count;
  return `${count}: ${fds.map(({ revents }) => eventsText(revents)).join(' ')}`;
}

function* control(
  environment: Environment,
  args: Arguments,
  operation: number,
): KernelTask<Result> {
  const { epolls, registered } = userCalls(environment);
  const name = String(args.either('fd'));
  const known = registered.indexOf(name);
  const data = known < 0 ? registered.push(name) - 1 : known;
  const fd = descriptorArgument(environment, args);
  const change = { operation, fd, events: eventsOf(args), data };
  return yield* epolls.control(descriptorArgument(environment, args, 'set'), change);
}

/** Who is ready for what, as `f:in g:in`; `nothing` when time ran out; or a negative error. */
function* epollWait(environment: Environment, args: Arguments): KernelTask<Result> {
  const { epolls, registered } = userCalls(environment);
  const set = descriptorArgument(environment, args, 'set');
  const events = yield* epolls.wait(set, EVENTS_MAX, args.number('timeout', 0));
  if (typeof events === 'number') return events;
  if (events.length === 0) return 'nothing';
  const parts = events.map((event) => `${registered[event.data]}:${eventsText(event.events)}`);
  return parts.toSorted().join(' ');
}

/** Waiting for descriptors. Time-outs are in milliseconds; -1 is for ever. */
defineOperations([
  { name: 'sys.poll', parameters: ['fd', 'events', 'timeout'], run: pollOne },
  { name: 'sys.pollMany', parameters: ['fds', 'events', 'timeout'], run: pollMany },
  {
    name: 'sys.epoll',
    parameters: [],
    *run(environment, _args, out) {
      const fd = yield* userCalls(environment).epolls.create();
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    name: 'sys.epollAdd',
    parameters: ['set', 'fd', 'events'],
    run: (environment, args) => control(environment, args, EPOLL_CTL_ADD),
  },
  {
    name: 'sys.epollModify',
    parameters: ['set', 'fd', 'events'],
    run: (environment, args) => control(environment, args, EPOLL_CTL_MOD),
  },
  {
    name: 'sys.epollRemove',
    parameters: ['set', 'fd'],
    run: (environment, args) => control(environment, args, EPOLL_CTL_DEL),
  },
  { name: 'sys.epollWait', parameters: ['set', 'timeout'], run: epollWait },
]);
