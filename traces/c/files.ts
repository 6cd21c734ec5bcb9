import type { Part } from './part.ts';

/** System calls about descriptors, whatever is behind them. */
export const FILES: Part = {
  title: 'descriptors',
  headers: ['fcntl.h', 'sys/stat.h', 'sys/syscall.h'],
  needs: [],
  code: String.raw`
/* Of linux/kcmp.h, which not every system has. */
#define COMPARE_FILES 0

TOOL void close_fd(char *r, int fd)
{
  say_number(r, error_or(close(fd)));
}

/* 0: both are one open file. */
TOOL void same_file(char *r, int fd, int other)
{
  pid_t self = getpid();
  say_number(r, error_or(syscall(SYS_kcmp, self, self, COMPARE_FILES, fd, other)));
}

TOOL void modes(char *r, int fd)
{
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) {
    say_number(r, -errno);
    return;
  }
  int access = flags & O_ACCMODE;
  say(r, access == O_RDONLY ? "readOnly" : access == O_WRONLY ? "writeOnly"
       : access == O_RDWR ? "readWrite" : "none");
  if (fcntl(fd, F_GETFD) == FD_CLOEXEC)
    add(r, " closeOnExec");
}

TOOL void seek(char *r, int fd, long long offset, int whence)
{
  off_t at = lseek(fd, offset, whence);
  say_number(r, at < 0 ? -errno : at);
}

TOOL void read_one(char *r, int fd, int is_positioned)
{
  char byte;
  say_number(r, error_or(is_positioned ? pread(fd, &byte, 1, 0) : read(fd, &byte, 1)));
}

TOOL void write_one(char *r, int fd, int is_positioned)
{
  char byte = 0;
  say_number(r, error_or(is_positioned ? pwrite(fd, &byte, 1, 0) : write(fd, &byte, 1)));
}

TOOL void size_of(char *r, int fd)
{
  struct stat about;
  say_number(r, fstat(fd, &about) < 0 ? -errno : (long long)about.st_size);
}

TOOL void put_byte(char *r, int fd, long long offset, int value)
{
  char byte = (char)value;
  say_number(r, error_or(pwrite(fd, &byte, 1, offset)));
}

/* -1 behind the end. */
TOOL void peek_byte(char *r, int fd, long long offset)
{
  unsigned char byte = 0;
  ssize_t got = pread(fd, &byte, 1, offset);
  say_number(r, got < 0 ? -errno : got == 0 ? -1 : byte);
}

/* Any request, with nothing but zeros. */
TOOL void any_request(char *r, int fd, unsigned long command, enum memory memory)
{
  static __thread char zeros[1 << _IOC_SIZEBITS];
  memset(zeros, 0, sizeof(zeros));
  say_number(r, request(fd, command, zeros, sizeof(zeros), memory));
}
`,
  calls: {
    'sys.close': (call) => `close_fd(r, ${call.fd()})`,
    'sys.dup': (call) => `say_descriptor(r, dup(${call.fd()}), ${call.out()})`,
    'sys.same': (call) => `same_file(r, ${call.fd()}, ${call.fd('fd2')})`,
    'sys.modes': (call) => `modes(r, ${call.fd()})`,
    'sys.lseek': (call) =>
      `seek(r, ${call.fd()}, ${call.number('offset', 0)}, ${call.number('whence', 0)})`,
    'sys.read': (call) => `read_one(r, ${call.fd()}, 0)`,
    'sys.pread': (call) => `read_one(r, ${call.fd()}, 1)`,
    'sys.write': (call) => `write_one(r, ${call.fd()}, 0)`,
    'sys.pwrite': (call) => `write_one(r, ${call.fd()}, 1)`,
    'sys.size': (call) => `size_of(r, ${call.fd()})`,
    'sys.put': (call) =>
      `put_byte(r, ${call.fd()}, ${call.number('offset')}, ${call.number('byte')})`,
    'sys.peek': (call) => `peek_byte(r, ${call.fd()}, ${call.number('offset')})`,
    'sys.ioctl': (call) => `any_request(r, ${call.fd()}, ${call.number('command')}, REACHABLE)`,
    'drm.ioctl': (call) =>
      `any_request(r, ${call.fd('device')}, ${call.number('command')}, ${call.memory()})`,
  },
};
