import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from '../../../impl/uapi/file.ts';
import type { PollFd } from '../../../impl/uapi/poll.ts';
import { unlessError } from '../answer.ts';
import { integer, type Operation, operation, slot, word } from '../operation.ts';

const LETTERS: readonly (readonly [number, string])[] = [
  [POLLIN, 'I'],
  [POLLOUT, 'O'],
  [POLLERR, 'E'],
  [POLLHUP, 'H'],
  [POLLNVAL, 'N'],
];

/** Waiting for one descriptor. */
export const POLL_OPERATIONS: readonly Operation[] = [
  operation(
    'poll',
    { fd: slot, ev: word(POLLIN | POLLOUT), timeout: integer() },
    function* (user, { fd, ev, timeout }) {
      const pollfd: PollFd = { fd: user.fd(fd), events: ev, revents: 0 };
      const n = yield* user.process.pollCalls.poll([pollfd], timeout);
      const seen = LETTERS.filter(([bit]) => (pollfd.revents & bit) !== 0);
      return unlessError(n, () => ({ n, re: seen.map(([, letter]) => letter).join('') }));
    },
  ),
];
