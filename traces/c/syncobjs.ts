import { DEVICES } from './devices.ts';
import type { Part } from './part.ts';
import { elements, type SpokenCall } from './spoken-call.ts';

const WAIT_FLAGS: Readonly<Record<string, string>> = {
  none: '0',
  all: '1',
  submit: '2',
  available: '4',
  deadline: '8',
};

const waitFlags = (call: SpokenCall): string => call.words('flags', WAIT_FLAGS, 'none');

/** Handles in memory that may end too soon, and how many of them the request names. */
function handles(call: SpokenCall): string {
  const list = call.references('handles', '0').map((one) => `handle_of(${one})`);
  const mapped = call.number('mapped', list.length);
  const array = `(uint32_t[]){ ${elements(list)} }`;
  return `list_of(${array}, sizeof(uint32_t), ${list.length}, ${mapped}), ${call.number('count', list.length)}`;
}

/** Points in the same way; 0 where there is no such array. */
function points(call: SpokenCall): string {
  if (!call.has('points')) return '0';
  const list = call.numbers('points');
  const mapped = call.number('mappedPoints', list.length);
  return `list_of((uint64_t[]){ ${elements(list)} }, sizeof(uint64_t), ${list.length}, ${mapped})`;
}

function until(call: SpokenCall): string {
  if (!call.has('timeout')) return '0';
  const given = call.call.args['timeout'];
  if (given === 'poll') return call.words('timeout', { poll: '0' }, 'poll');
  if (given === 'forever') return call.words('timeout', { forever: 'INT64_MAX' }, 'forever');
  return `in_milliseconds(${call.number('timeout')})`;
}

function ofSeveral(command: string): (call: SpokenCall) => string {
  return (call) => {
    const [device, pad] = [call.fd('device'), call.number('pad', 0)];
    return `several(r, ${device}, ${command}, ${handles(call)}, ${pad}, ${call.memory()})`;
  };
}

function waiting(command: string, withPoints: boolean): (call: SpokenCall) => string {
  return (call) => {
    const where = withPoints ? points(call) : '0';
    const options = `${waitFlags(call)}, ${call.number('pad', 0)}`;
    const times = `${until(call)}, ${call.number('deadlineNs', 0)}`;
    const array = `${handles(call)}, ${where}`;
    return `wait_for(r, ${call.fd('device')}, ${command}, ${array}, ${options}, ${times}, ${call.memory()})`;
  };
}

/** Synchronisation objects, binary and with timelines. */
export const SYNCOBJS: Part = {
  title: 'synchronisation objects',
  headers: ['time.h'],
  needs: [DEVICES],
  code: String.raw`
struct syncobj_create {
  uint32_t handle, flags;
};

struct syncobj_file {
  uint32_t handle, flags;
  int32_t fd;
  uint32_t pad;
};

struct syncobj_array {
  uint64_t handles;
  uint32_t count, pad;
};

struct syncobj_points {
  uint64_t handles, points;
  uint32_t count, flags;
};

struct syncobj_wait {
  uint64_t handles;
  int64_t timeout;
  uint32_t count, flags, first, pad;
  uint64_t deadline;
};

struct syncobj_timeline_wait {
  uint64_t handles, points;
  int64_t timeout;
  uint32_t count, flags, first, pad;
  uint64_t deadline;
};

struct syncobj_transfer {
  uint32_t source, target;
  uint64_t source_point, target_point;
  uint32_t flags, pad;
};

struct syncobj_eventfd {
  uint32_t handle, flags;
  uint64_t point;
  int32_t fd;
  uint32_t pad;
};

#define SYNCOBJ_CREATE _IOWR('d', 0xbf, struct syncobj_create)
#define SYNCOBJ_DESTROY _IOWR('d', 0xc0, struct syncobj_create)
#define SYNCOBJ_TO_FD _IOWR('d', 0xc1, struct syncobj_file)
#define SYNCOBJ_FROM_FD _IOWR('d', 0xc2, struct syncobj_file)
#define SYNCOBJ_WAIT _IOWR('d', 0xc3, struct syncobj_wait)
#define SYNCOBJ_RESET _IOWR('d', 0xc4, struct syncobj_array)
#define SYNCOBJ_SIGNAL _IOWR('d', 0xc5, struct syncobj_array)
#define SYNCOBJ_TIMELINE_WAIT _IOWR('d', 0xca, struct syncobj_timeline_wait)
#define SYNCOBJ_QUERY _IOWR('d', 0xcb, struct syncobj_points)
#define SYNCOBJ_TRANSFER _IOWR('d', 0xcc, struct syncobj_transfer)
#define SYNCOBJ_TIMELINE_SIGNAL _IOWR('d', 0xcd, struct syncobj_points)
#define SYNCOBJ_EVENTFD _IOWR('d', 0xcf, struct syncobj_eventfd)

_Static_assert(SYNCOBJ_CREATE == 0xc00864bf, "as the kernel has it");
_Static_assert(SYNCOBJ_TO_FD == 0xc01064c1, "as the kernel has it");
_Static_assert(SYNCOBJ_WAIT == 0xc02864c3, "as the kernel has it");
_Static_assert(SYNCOBJ_RESET == 0xc01064c4, "as the kernel has it");
_Static_assert(SYNCOBJ_TIMELINE_WAIT == 0xc03064ca, "as the kernel has it");
_Static_assert(SYNCOBJ_QUERY == 0xc01864cb, "as the kernel has it");
_Static_assert(SYNCOBJ_TRANSFER == 0xc02064cc, "as the kernel has it");
_Static_assert(SYNCOBJ_EVENTFD == 0xc01864cf, "as the kernel has it");

/* What stands in memory that the kernel has not written. */
#define UNWRITTEN 77u
#define UNWRITTEN_POINT 0xfeedfacefeedfaceull

/* An array of which only the first elements are mapped. */
TOOL uint64_t list_of(const void *elements, size_t size, size_t count, size_t mapped)
{
  return (uintptr_t)at_the_edge(elements, size * (mapped < count ? mapped : count));
}

TOOL int64_t in_milliseconds(int64_t count)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec + count * 1000000;
}

TOOL void create_syncobj(char *r, int device, uint32_t flags, enum memory memory, int *out)
{
  struct syncobj_create made = { 0, flags };
  int error = request(device, SYNCOBJ_CREATE, &made, sizeof(made), memory);
  say_made(r, error, made.handle, out);
}

TOOL void destroy_syncobj(char *r, int device, uint32_t handle, uint32_t pad, enum memory memory)
{
  struct syncobj_create gone = { handle, pad };
  say_number(r, request(device, SYNCOBJ_DESTROY, &gone, sizeof(gone), memory));
}

TOOL void syncobj_to_fd(char *r, int device, struct syncobj_file file, enum memory memory, int *out)
{
  int error = request(device, SYNCOBJ_TO_FD, &file, sizeof(file), memory);
  if (out != NULL && error >= 0)
    *out = file.fd;
  say_number(r, error);
}

/* The new handle, or 0 for an import into one that is there. */
TOOL void syncobj_from_fd(char *r, int device, struct syncobj_file file, enum memory memory,
                          int *out)
{
  int error = request(device, SYNCOBJ_FROM_FD, &file, sizeof(file), memory);
  if (file.flags != 0)
    say_number(r, error);
  else
    say_made(r, error, file.handle, out);
}

TOOL void several(char *r, int device, unsigned long command, uint64_t handles, uint32_t count,
                  uint32_t pad, enum memory memory)
{
  struct syncobj_array array = { handles, count, pad };
  say_number(r, request(device, command, &array, sizeof(array), memory));
}

TOOL void signal_points(char *r, int device, uint64_t handles, uint32_t count, uint64_t points,
                        uint32_t flags, enum memory memory)
{
  struct syncobj_points array = { handles, points, count, flags };
  say_number(r, request(device, SYNCOBJ_TIMELINE_SIGNAL, &array, sizeof(array), memory));
}

/* The points as they are in memory, behind the error if there was one. */
TOOL void query(char *r, int device, uint64_t handles, uint32_t count, size_t mapped,
                uint32_t flags, enum memory memory)
{
  uint64_t points[64], written;
  for (size_t i = 0; i < 64; i++)
    points[i] = UNWRITTEN_POINT;
  size_t room = mapped < 64 ? mapped : 64;
  uint64_t *place = at_the_edge(points, room * sizeof(*points));
  struct syncobj_points array = { handles, (uintptr_t)place, count, flags };
  int error = request(device, SYNCOBJ_QUERY, &array, sizeof(array), memory);
  say(r, "");
  for (size_t i = 0; i < room; i++) {
    memcpy(&written, place + i, sizeof(written));
    if (written == UNWRITTEN_POINT)
      break;
    char text[32];
    if (i == 0 && error < 0)
      snprintf(r, RESULT_SIZE, "%d after", error);
    snprintf(text, sizeof(text), "%s%llu", r[0] == '\0' ? "" : " ", (unsigned long long)written);
    add(r, text);
  }
  if (r[0] == '\0' && error < 0)
    say_number(r, error);
}

TOOL void say_first(char *r, int error, uint32_t first)
{
  if (error < 0 && first == UNWRITTEN) {
    say_number(r, error);
    return;
  }
  say(r, "");
  if (error < 0)
    snprintf(r, RESULT_SIZE, "%d ", error);
  char text[32];
  snprintf(text, sizeof(text), "first %u", first);
  add(r, first == UNWRITTEN ? "first unwritten" : first == UINT32_MAX ? "first none" : text);
}

TOOL void wait_for(char *r, int device, unsigned long command, uint64_t handles, uint32_t count,
                   uint64_t points, uint32_t flags, uint32_t pad, int64_t timeout,
                   uint64_t deadline, enum memory memory)
{
  if (command == SYNCOBJ_WAIT) {
    struct syncobj_wait wait = { handles, timeout, count, flags, UNWRITTEN, pad, deadline };
    int error = request(device, command, &wait, sizeof(wait), memory);
    say_first(r, error, wait.first);
  } else {
    struct syncobj_timeline_wait wait = {
      handles, points, timeout, count, flags, UNWRITTEN, pad, deadline
    };
    int error = request(device, command, &wait, sizeof(wait), memory);
    say_first(r, error, wait.first);
  }
}

TOOL void transfer(char *r, int device, struct syncobj_transfer moved, enum memory memory)
{
  say_number(r, request(device, SYNCOBJ_TRANSFER, &moved, sizeof(moved), memory));
}

TOOL void register_eventfd(char *r, int device, struct syncobj_eventfd registered,
                           enum memory memory)
{
  say_number(r, request(device, SYNCOBJ_EVENTFD, &registered, sizeof(registered), memory));
}
`,
  calls: {
    'so.create': (call) =>
      `create_syncobj(r, ${call.fd('device')}, ${call.number('flags', 0)}, ${call.memory()}, ${call.out()})`,
    'so.destroy': (call) => {
      const [device, handle] = [call.fd('device'), call.handle()];
      return `destroy_syncobj(r, ${device}, ${handle}, ${call.number('pad', 0)}, ${call.memory()})`;
    },
    'so.toFd': (call) => {
      const fields = `${call.handle()}, ${call.number('flags', 0)}, -1, ${call.number('pad', 0)}`;
      const file = `(struct syncobj_file){ ${fields} }`;
      return `syncobj_to_fd(r, ${call.fd('device')}, ${file}, ${call.memory()}, ${call.out()})`;
    },
    'so.fromFd': (call) => {
      const head = `${call.handle()}, ${call.number('flags', 0)}`;
      const file = `(struct syncobj_file){ ${head}, ${call.fd()}, ${call.number('pad', 0)} }`;
      return `syncobj_from_fd(r, ${call.fd('device')}, ${file}, ${call.memory()}, ${call.out()})`;
    },
    'so.reset': ofSeveral('SYNCOBJ_RESET'),
    'so.signal': ofSeveral('SYNCOBJ_SIGNAL'),
    'so.wait': waiting('SYNCOBJ_WAIT', false),
    'so.timelineWait': waiting('SYNCOBJ_TIMELINE_WAIT', true),
    'so.query': (call) => {
      const mapped = call.number('mappedPoints', 64);
      const options = `${mapped}, ${call.number('flags', 0)}, ${call.memory()}`;
      return `query(r, ${call.fd('device')}, ${handles(call)}, ${options})`;
    },
    'so.timelineSignal': (call) => {
      const array = `${handles(call)}, ${points(call)}`;
      const flags = call.number('flags', 0);
      return `signal_points(r, ${call.fd('device')}, ${array}, ${flags}, ${call.memory()})`;
    },
    'so.transfer': (call) => {
      const ends = `${call.handle('source')}, ${call.handle('target')}`;
      const at = `${call.number('sourcePoint', 0)}, ${call.number('targetPoint', 0)}`;
      const fields = `${ends}, ${at}, ${waitFlags(call)}, ${call.number('pad', 0)}`;
      const moved = `(struct syncobj_transfer){ ${fields} }`;
      return `transfer(r, ${call.fd('device')}, ${moved}, ${call.memory()})`;
    },
    'so.eventfd': (call) => {
      const head = `${call.handle()}, ${waitFlags(call)}, ${call.number('point', 0)}`;
      const fields = `${head}, ${call.fd()}, ${call.number('pad', 0)}`;
      const registered = `(struct syncobj_eventfd){ ${fields} }`;
      return `register_eventfd(r, ${call.fd('device')}, ${registered}, ${call.memory()})`;
    },
  },
};
