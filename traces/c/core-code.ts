/** What every program has: results as text, memory for arguments, and how a structure is handed over. */
export const CORE_CODE: string = String.raw`
#define TOOL static __attribute__((unused))

enum { RESULT_SIZE = 512, WRONG_USE = 64, SKIPPED = 77 };

/* Where the structure of a request lies. */
enum memory { REACHABLE, READ_ONLY, UNREACHABLE };

TOOL const struct { int number; const char *name; } ERRORS[] = {
#define ERROR(name) { name, #name },
  ERROR(EPERM) ERROR(ENOENT) ERROR(EINTR) ERROR(EIO) ERROR(ENXIO) ERROR(E2BIG) ERROR(EBADF)
  ERROR(EAGAIN) ERROR(ENOMEM) ERROR(EACCES) ERROR(EFAULT) ERROR(EBUSY) ERROR(EEXIST)
  ERROR(ENODEV) ERROR(ENOTDIR) ERROR(EINVAL) ERROR(ENFILE) ERROR(EMFILE) ERROR(ENOTTY)
  ERROR(EFBIG) ERROR(ENOSPC) ERROR(ESPIPE) ERROR(EROFS) ERROR(EPIPE) ERROR(ERANGE)
  ERROR(EDEADLK) ERROR(ENOSYS) ERROR(ENODATA) ERROR(ETIME) ERROR(EOVERFLOW) ERROR(EOPNOTSUPP)
  ERROR(ETIMEDOUT) ERROR(EALREADY) ERROR(ESTALE) ERROR(ECANCELED)
#undef ERROR
};

/* A result as the trace writes it: the name of an error, or a number. */
TOOL void say_number(char *r, long long value)
{
  for (size_t i = 0; value < 0 && i < sizeof(ERRORS) / sizeof(*ERRORS); i++) {
    if (ERRORS[i].number == -value) {
      snprintf(r, RESULT_SIZE, "-%s", ERRORS[i].name);
      return;
    }
  }
  snprintf(r, RESULT_SIZE, "%lld", value);
}

TOOL void say(char *r, const char *text)
{
  snprintf(r, RESULT_SIZE, "%s", text);
}

TOOL void add(char *r, const char *text)
{
  size_t length = strlen(r);
  snprintf(r + length, RESULT_SIZE - length, "%s", text);
}

TOOL int error_or(long result)
{
  return result < 0 ? -errno : (int)result;
}

/* What cannot be tried here is no result. */
TOOL __attribute__((noreturn)) void skip(const char *what)
{
  fprintf(stderr, "cannot try this here: %s: %s\n", what, strerror(errno));
  exit(SKIPPED);
}

/* A new descriptor: 0 and its number, or the error. */
TOOL void say_descriptor(char *r, long fd, int *out)
{
  int error = fd < 0 ? -errno : 0;
  if (out != NULL)
    *out = fd < 0 ? -1 : (int)fd;
  say_number(r, error);
}

TOOL int handle_of(int value)
{
  return value > 0 ? value : 0;
}

TOOL size_t page_size(void)
{
  return (size_t)sysconf(_SC_PAGESIZE);
}

/* Bytes right before memory that is not there: the first size of them, or as many as are mapped. */
TOOL void *at_the_edge(const void *bytes, size_t size)
{
  size_t page = page_size(), whole = (size + page - 1) / page * page;
  char *pages = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                     -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + whole, page, PROT_NONE) != 0)
    skip("mmap");
  return memcpy(pages + whole - size, bytes, size);
}

/* The structure itself, or a copy of it in memory of another kind. */
TOOL void *placed(void *structure, size_t size, enum memory memory)
{
  if (memory == REACHABLE)
    return structure;
  void *copy = at_the_edge(structure, size);
  char *start = (char *)((uintptr_t)copy / page_size() * page_size());
  size_t length = (size_t)((char *)copy + size - start);
  if (mprotect(start, length, memory == READ_ONLY ? PROT_READ : PROT_NONE) != 0)
    skip("mprotect");
  return copy;
}

/* The result of a request, or a negative error. */
TOOL int request(int fd, unsigned long command, void *structure, size_t size, enum memory memory)
{
  return error_or(ioctl(fd, command, placed(structure, size, memory)));
}
`;
