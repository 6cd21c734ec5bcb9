import type { Part } from './part.ts';

const SEALS: Readonly<Record<string, string>> = {
  none: '0',
  seal: '0x1',
  shrink: '0x2',
  grow: '0x4',
  write: '0x8',
  futureWrite: '0x10',
  exec: '0x20',
};
const MEMFD: Readonly<Record<string, string>> = {
  plain: '0',
  closeOnExec: '0x1',
  sealing: '0x2',
  huge: '0x4',
};
const PROTECTIONS: Readonly<Record<string, string>> = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_WRITE',
};

/** Memory files, and memory that shows a file. */
export const MEMORY: Part = {
  title: 'memory files and mappings',
  headers: ['fcntl.h', 'setjmp.h', 'signal.h'],
  needs: [],
  code: String.raw`
enum { PAGE = 4096, MAPPINGS_MAX = 64, ADD_SEALS = 1033, GET_SEALS = 1034 };

/* Mappings have numbers, so that all variables of the program are integers. */
TOOL struct { char *address; size_t length; } mappings[MAPPINGS_MAX];
TOOL _Atomic int mappings_made;

/* A memory file with its size and its seals: the first thing that goes wrong. */
TOOL void make_memfd(char *r, unsigned flags, long long bytes, int seals, int *out)
{
  int fd = memfd_create("memory", flags);
  say_descriptor(r, fd, out);
  if (fd < 0)
    return;
  int result = error_or(ftruncate(fd, bytes));
  if (result == 0 && seals >= 0)
    result = error_or(fcntl(fd, ADD_SEALS, seals));
  say_number(r, result);
}

TOOL void add_seals(char *r, int fd, int seals)
{
  say_number(r, error_or(fcntl(fd, ADD_SEALS, seals)));
}

TOOL void get_seals(char *r, int fd)
{
  static const char *const NAMES[] = { "seal", "shrink", "grow", "write", "futureWrite", "exec" };
  int seals = error_or(fcntl(fd, GET_SEALS));
  if (seals < 0) {
    say_number(r, seals);
    return;
  }
  say(r, "");
  for (int i = 0; i < 6; i++) {
    if ((seals >> i & 1) == 0)
      continue;
    if (r[0] != '\0')
      add(r, "+");
    add(r, NAMES[i]);
  }
  if (r[0] == '\0')
    say(r, "none");
}

TOOL void map_file(char *r, int fd, size_t length, long long offset, int prot, int flags, int *out)
{
  char *address = mmap(NULL, length, prot, flags, fd, offset);
  if (address == MAP_FAILED) {
    say_number(r, -errno);
    return;
  }
  int number = mappings_made++;
  if (number >= MAPPINGS_MAX)
    skip("too many mappings");
  mappings[number].address = address;
  mappings[number].length = length;
  if (out != NULL)
    *out = number;
  say_number(r, 0);
}

/* A shared mapping of one page, for a moment. */
TOOL void map_once(char *r, int fd, int prot)
{
  char *address = mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) {
    say_number(r, -errno);
    return;
  }
  munmap(address, PAGE);
  say(r, "mapped");
}

TOOL char *mapped(int number)
{
  return number < 0 || number >= MAPPINGS_MAX ? NULL : mappings[number].address;
}

TOOL void unmap(char *r, int number)
{
  if (mapped(number) != NULL) {
    munmap(mappings[number].address, mappings[number].length);
    mappings[number].address = NULL;
  }
  say_number(r, 0);
}

TOOL __thread sigjmp_buf before_access;

TOOL void on_fault(int number)
{
  siglongjmp(before_access, number);
}

/* One access that may end in a signal. Loads when there is nothing to store. */
TOOL void touch(char *r, int number, size_t at, int value)
{
  char *address = mapped(number);
  if (address == NULL) {
    say(r, "SIGSEGV");
    return;
  }
  signal(SIGBUS, on_fault);
  signal(SIGSEGV, on_fault);
  int fault = sigsetjmp(before_access, 1);
  if (fault != 0) {
    say(r, fault == SIGBUS ? "SIGBUS" : "SIGSEGV");
    return;
  }
  volatile unsigned char *place = (volatile unsigned char *)address + at;
  if (value < 0) {
    say_number(r, *place);
  } else {
    *place = (unsigned char)value;
    say_number(r, 0);
  }
}
`,
  calls: {
    'sys.memfd': (call) => {
      const flags = call.words('flags', MEMFD, 'closeOnExec+sealing');
      const seals = call.has('seals') ? call.words('seals', SEALS, 'none') : '-1';
      return `make_memfd(r, ${flags}, ${call.number('bytes', 4096)}, ${seals}, ${call.out()})`;
    },
    'sys.truncate': (call) =>
      `say_number(r, error_or(ftruncate(${call.fd()}, ${call.number('bytes')})))`,
    'sys.addSeals': (call) => `add_seals(r, ${call.fd()}, ${call.words('seals', SEALS, 'none')})`,
    'sys.seals': (call) => `get_seals(r, ${call.fd()})`,
    'sys.map': (call) => {
      const prot = call.boolean('writable', false) ? 'PROT_READ | PROT_WRITE' : 'PROT_READ';
      return `map_once(r, ${call.fd()}, ${prot})`;
    },
    'sys.mmap': (call) => {
      const prot = call.words('prot', PROTECTIONS, 'read+write');
      const flags = call.boolean('private', false) ? 'MAP_PRIVATE' : 'MAP_SHARED';
      const [length, offset] = [call.number('length', 4096), call.fd('offset')];
      const from = call.has('offset') ? offset : '0';
      return `map_file(r, ${call.fd()}, ${length}, ${from}, ${prot}, ${flags}, ${call.out()})`;
    },
    'sys.munmap': (call) => `unmap(r, ${call.fd('mapping')})`,
    'sys.load': (call) => `touch(r, ${call.fd('mapping')}, ${call.number('at', 0)}, -1)`,
    'sys.store': (call) =>
      `touch(r, ${call.fd('mapping')}, ${call.number('at', 0)}, ${call.number('byte', 1)})`,
  },
};
