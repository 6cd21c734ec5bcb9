import type { Part } from './part.ts';
import type { SpokenCall } from './spoken-call.ts';

const ACCESS: Readonly<Record<string, string>> = { none: '0', read: '1', write: '2', end: '4' };
const FD_FLAGS: Readonly<Record<string, string>> = {
  readOnly: 'O_RDONLY',
  writeOnly: 'O_WRONLY',
  readWrite: 'O_RDWR',
  noAccess: '3',
  nonBlock: 'O_NONBLOCK',
  closeOnExec: 'O_CLOEXEC',
};

const access = (call: SpokenCall): string => call.words('flags', ACCESS, 'read');

/** A name as user space has it: words, or so many letters. */
function nameOf(call: SpokenCall): string {
  return call.has('length')
    ? `letters(${call.numberUpTo('length', 4095, 0)})`
    : call.literal('name', '');
}

/** Buffers: where they come from, and requests to them. */
export const BUFFERS: Part = {
  title: 'buffers of heaps and of memory files',
  headers: ['fcntl.h'],
  needs: [],
  code: String.raw`
struct heap_request {
  uint64_t length;
  uint32_t fd, fd_flags;
  uint64_t heap_flags;
};

struct udmabuf_request {
  uint32_t memfd, flags;
  uint64_t offset, size;
};

struct udmabuf_item {
  uint32_t memfd, pad;
  uint64_t offset, size;
};

struct udmabuf_list {
  uint32_t flags, count;
  struct udmabuf_item items[64];
};

struct sync_request {
  uint64_t flags;
};

struct sync_file_request {
  uint32_t flags;
  int32_t fd;
};

#define HEAP_ALLOC _IOWR('H', 0, struct heap_request)
#define UDMABUF_CREATE _IOW('u', 0x42, struct udmabuf_request)
#define UDMABUF_CREATE_LIST _IOC(_IOC_WRITE, 'u', 0x43, 8)
#define BUFFER_SYNC _IOW('b', 0, struct sync_request)
#define BUFFER_NAME_OLD _IOC(_IOC_WRITE, 'b', 1, 4)
#define BUFFER_NAME _IOC(_IOC_WRITE, 'b', 1, 8)
#define EXPORT_SYNC_FILE _IOWR('b', 2, struct sync_file_request)
#define IMPORT_SYNC_FILE _IOW('b', 3, struct sync_file_request)

_Static_assert(HEAP_ALLOC == 0xc0184800, "as the kernel has it");
_Static_assert(UDMABUF_CREATE == 0x40187542, "as the kernel has it");
_Static_assert(UDMABUF_CREATE_LIST == 0x40087543, "as the kernel has it");
_Static_assert(BUFFER_NAME == 0x40086201, "as the kernel has it");
_Static_assert(BUFFER_SYNC == 0x40086200, "as the kernel has it");
_Static_assert(EXPORT_SYNC_FILE == 0xc0086202, "as the kernel has it");

/* The area of contiguous memory has had more than one name. */
TOOL int open_heap(const char *name)
{
  char path[64];
  snprintf(path, sizeof(path), "/dev/dma_heap/%s", name);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0 && strcmp(name, "reserved") == 0)
    fd = open("/dev/dma_heap/default_cma_region", O_RDWR | O_CLOEXEC);
  int error = errno;
  if (fd < 0 && access("/dev/dma_heap", F_OK) != 0)
    skip("/dev/dma_heap");
  errno = error;
  return fd;
}

TOOL void allocate(char *r, int heap, struct heap_request buffer, enum memory memory, int *out)
{
  uint32_t before = buffer.fd;
  int error = request(heap, HEAP_ALLOC, &buffer, sizeof(buffer), memory);
  if (out != NULL)
    *out = error < 0 || buffer.fd == before ? -1 : (int)buffer.fd;
  say_number(r, error);
}

/* A buffer of a heap, and the device file closed again. */
TOOL void heap_buffer(char *r, const char *name, struct heap_request buffer, int *out)
{
  int heap = open_heap(name);
  if (heap < 0) {
    say_descriptor(r, heap, out);
    return;
  }
  buffer.fd = UINT32_MAX;
  allocate(r, heap, buffer, REACHABLE, out);
  close(heap);
}

TOOL int open_udmabuf(void)
{
  int fd = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
  if (fd < 0)
    skip("/dev/udmabuf");
  return fd;
}

TOOL void udmabuf(char *r, int device, struct udmabuf_request buffer, enum memory memory, int *out)
{
  int own = device < 0 ? open_udmabuf() : device;
  int fd = request(own, UDMABUF_CREATE, &buffer, sizeof(buffer), memory);
  if (own != device)
    close(own);
  if (out != NULL)
    *out = fd < 0 ? -1 : fd;
  say_number(r, fd < 0 ? fd : 0);
}

TOOL void udmabuf_of_list(char *r, struct udmabuf_list list, enum memory memory, int *out)
{
  int device = open_udmabuf();
  int fd = request(device, UDMABUF_CREATE_LIST, &list, sizeof(list), memory);
  close(device);
  if (out != NULL)
    *out = fd < 0 ? -1 : fd;
  say_number(r, fd < 0 ? fd : 0);
}

TOOL void sync_buffer(char *r, int fd, uint64_t flags, enum memory memory)
{
  struct sync_request sync = { flags };
  say_number(r, request(fd, BUFFER_SYNC, &sync, sizeof(sync), memory));
}

TOOL const char *letters(int count)
{
  static __thread char text[4096];
  memset(text, 'x', (size_t)count);
  text[count] = '\0';
  return text;
}

TOOL void set_name(char *r, int fd, unsigned long command, const char *name, enum memory memory)
{
  char text[4096];
  snprintf(text, sizeof(text), "%s", name);
  say_number(r, request(fd, command, text, strlen(text) + 1, memory));
}

TOOL void export_sync_file(char *r, int fd, struct sync_file_request file, enum memory memory,
                           int *out)
{
  int error = request(fd, EXPORT_SYNC_FILE, &file, sizeof(file), memory);
  if (out != NULL)
    *out = error < 0 ? -1 : file.fd;
  say_number(r, error);
}

TOOL void import_sync_file(char *r, int fd, struct sync_file_request file, enum memory memory)
{
  say_number(r, request(fd, IMPORT_SYNC_FILE, &file, sizeof(file), memory));
}
`,
  calls: {
    'heap.addAll': () => 'say(r, "null")',
    'heap.open': (call) =>
      `say_descriptor(r, open_heap(${call.fileName('name', 'system')}), ${call.out()})`,
    'heap.alloc': (call) => {
      const [length, fd] = [call.number('len', 4096), call.number('fd', 0)];
      const flags = call.words('fdFlags', FD_FLAGS, 'readWrite+closeOnExec');
      const fields = `${length}, ${fd}, ${flags}, ${call.number('heapFlags', 0)}`;
      const heap = call.fd('heap');
      return `allocate(r, ${heap}, (struct heap_request){ ${fields} }, ${call.memory()}, ${call.out()})`;
    },
    'heap.buffer': (call) => {
      const flags = call.words('fdFlags', FD_FLAGS, 'readWrite+closeOnExec');
      const fields = `(struct heap_request){ ${call.number('len', 4096)}, 0, ${flags}, 0 }`;
      return `heap_buffer(r, ${call.fileName('heap', 'system')}, ${fields}, ${call.out()})`;
    },
    'udmabuf.open': (call) => `say_descriptor(r, open_udmabuf(), ${call.out()})`,
    'udmabuf.create': (call) => {
      const where = `${call.number('offset', 0)}, ${call.number('size', 4096)}`;
      const fields = `${call.fd('memfd')}, ${call.number('flags', 1)}, ${where}`;
      const buffer = `(struct udmabuf_request){ ${fields} }`;
      return `udmabuf(r, ${call.fd('device')}, ${buffer}, ${call.memory()}, ${call.out()})`;
    },
    'udmabuf.createList': udmabufList,
    'dmabuf.sync': (call) => `sync_buffer(r, ${call.fd()}, ${access(call)}, ${call.memory()})`,
    'dmabuf.setName': (call) =>
      `set_name(r, ${call.fd()}, BUFFER_NAME, ${nameOf(call)}, ${call.memory()})`,
    'dmabuf.setNameOld': (call) =>
      `set_name(r, ${call.fd()}, BUFFER_NAME_OLD, ${nameOf(call)}, ${call.memory()})`,
    'dmabuf.exportSyncFile': (call) => {
      const file = `(struct sync_file_request){ ${access(call)}, ${call.number('before', -1)} }`;
      return `export_sync_file(r, ${call.fd()}, ${file}, ${call.memory()}, ${call.out()})`;
    },
    'dmabuf.importSyncFile': (call) => {
      const file = `(struct sync_file_request){ ${access(call)}, ${call.fd('file')} }`;
      return `import_sync_file(r, ${call.fd()}, ${file}, ${call.memory()})`;
    },
  },
};

/** A list names one offset or size for all of its entries, or one for each. */
function udmabufList(call: SpokenCall): string {
  const memfds = call.references('memfds', '-1');
  const [offsets, sizes] = [call.numbers('offsets'), call.numbers('sizes')];
  const at = (list: readonly string[], index: number, otherwise: string): string =>
    list[index] ?? (list.length === 1 ? list[0] : undefined) ?? otherwise;
  const items = memfds.map(
    (memfd, index) => `{ ${memfd}, 0, ${at(offsets, index, '0')}, ${at(sizes, index, '4096')} }`,
  );
  const all = items.length === 0 ? '{ 0, 0, 0, 0 }' : items.join(', ');
  const head = `${call.number('flags', 1)}, ${call.number('count', memfds.length)}`;
  const list = `(struct udmabuf_list){ ${head}, { ${all} } }`;
  return `udmabuf_of_list(r, ${list}, ${call.memory()}, ${call.out()})`;
}
