import { plain } from '../answer.ts';
import { integer, type Operation, operation, slot, word } from '../operation.ts';

/** How many events one wait may return. */
const EVENTS_MAX = 64;

/** Sets of files. An event brings back the slot that its registration was made with. */
export const EPOLL_OPERATIONS: readonly Operation[] = [
  operation('epoll', { out: slot }, function* (user, { out }) {
    return yield* user.keep(out, yield* user.process.epollCalls.create());
  }),

  operation(
    'epoll_ctl',
    { ep: slot, fd: slot, ev: word(), cmd: integer() },
    function* (user, { ep, fd, ev, cmd }) {
      const change = { operation: cmd, fd: user.fd(fd), events: ev, data: fd };
      return plain(yield* user.process.epollCalls.control(user.fd(ep), change));
    },
  ),

  operation('epoll_wait', { ep: slot, timeout: integer() }, function* (user, { ep, timeout }) {
    const events = yield* user.process.epollCalls.wait(user.fd(ep), EVENTS_MAX, timeout);
    if (typeof events === 'number') return plain(events);
    const ready = events.toSorted((a, b) => a.data - b.data).map((one) => [one.data, one.events]);
    return { result: 0, observed: { ready } };
  }),
];
