import { elements, type SpokenCall } from './spoken-call.ts';
import type { Part } from './part.ts';

const EVENTS: Readonly<Record<string, string>> = {
  none: '0',
  in: 'POLLIN',
  out: 'POLLOUT',
  err: 'POLLERR',
  hup: 'POLLHUP',
  invalid: 'POLLNVAL',
  all: '0x7fff',
  edge: '(int)EPOLLET',
  once: 'EPOLLONESHOT',
};

const events = (call: SpokenCall): string => call.words('events', EVENTS, 'in');

function control(operation: string): (call: SpokenCall) => string {
  const bits = operation === 'EPOLL_CTL_DEL' ? (): string => '0' : events;
  return (call) => `control(r, ${call.fd('set')}, ${operation}, ${call.fd()}, ${bits(call)})`;
}

/** Polling, and counters that can be polled. */
export const WAITING: Part = {
  title: 'poll, epoll, eventfd',
  headers: ['poll.h', 'sys/epoll.h', 'sys/eventfd.h'],
  needs: [],
  code: String.raw`
TOOL void add_events(char *r, unsigned mask)
{
  static const struct { unsigned bit; const char *name; } NAMES[] = {
    { POLLIN, "in" }, { POLLOUT, "out" }, { POLLERR, "err" }, { POLLHUP, "hup" },
    { POLLNVAL, "invalid" },
  };
  int is_first = 1;
  for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
    if ((mask & NAMES[i].bit) == 0)
      continue;
    if (!is_first)
      add(r, "+");
    add(r, NAMES[i].name);
    is_first = 0;
    mask &= ~NAMES[i].bit;
  }
  char rest[16];
  snprintf(rest, sizeof(rest), "%s%u", is_first ? "" : "+", mask);
  if (mask != 0)
    add(r, rest);
  else if (is_first)
    add(r, "none");
}

/* The events of one descriptor, or of several behind their number. */
TOOL void poll_fds(char *r, const int *fds, int count, int events, int timeout, int is_one)
{
  struct pollfd polled[64];
  for (int i = 0; i < count; i++)
    polled[i] = (struct pollfd){ .fd = fds[i], .events = (short)events };
  int ready = error_or(poll(polled, (nfds_t)count, timeout));
  if (ready < 0) {
    say_number(r, ready);
    return;
  }
  say(r, "");
  if (!is_one)
    snprintf(r, RESULT_SIZE, "%d:", ready);
  for (int i = 0; i < count; i++) {
    if (!is_one)
      add(r, " ");
    add_events(r, (unsigned short)polled[i].revents);
  }
}

TOOL void control(char *r, int set, int operation, int fd, int events)
{
  struct epoll_event event = { .events = (unsigned)events };
  say_number(r, error_or(epoll_ctl(set, operation, fd, &event)));
}

/* What the counter held, or a negative error. */
TOOL void read_count(char *r, int fd, size_t length)
{
  uint64_t count = 0;
  char bytes[64];
  ssize_t got = read(fd, bytes, length <= sizeof(bytes) ? length : sizeof(bytes));
  if (got >= (ssize_t)sizeof(count))
    memcpy(&count, bytes, sizeof(count));
  say_number(r, got < 0 ? -errno : (long long)count);
}

TOOL void add_count(char *r, int fd, uint64_t count)
{
  ssize_t done = write(fd, &count, sizeof(count));
  say_number(r, done < 0 ? -errno : 0);
}
`,
  calls: {
    'sys.poll': (call) =>
      `poll_fds(r, (int[]){ ${call.fd()} }, 1, ${events(call)}, ${call.number('timeout', 0)}, 1)`,
    'sys.pollMany': (call) => {
      const fds = call.references('fds', '-1');
      const list = `(int[]){ ${elements(fds)} }, ${fds.length}`;
      return `poll_fds(r, ${list}, ${events(call)}, ${call.number('timeout', 0)}, 0)`;
    },
    'sys.epoll': (call) => `say_descriptor(r, epoll_create1(0), ${call.out()})`,
    'sys.epollAdd': control('EPOLL_CTL_ADD'),
    'sys.epollModify': control('EPOLL_CTL_MOD'),
    'sys.epollRemove': control('EPOLL_CTL_DEL'),
    'sys.eventfd': (call) => {
      const flags = call.boolean('isSemaphore', false) ? 'EFD_SEMAPHORE' : '0';
      return `say_descriptor(r, eventfd(${call.number('initial', 0)}, ${flags}), ${call.out()})`;
    },
    'sys.readCount': (call) => `read_count(r, ${call.fd()}, ${call.number('length', 8)})`,
    'sys.addCount': (call) => `add_count(r, ${call.fd()}, ${call.number('count', 1)})`,
  },
};
