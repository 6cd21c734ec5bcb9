import type { Part } from './part.ts';

/** Software timelines and sync_files. */
export const SYNC_FILES: Part = {
  title: 'software timelines and sync_files',
  headers: ['fcntl.h'],
  needs: [],
  code: String.raw`
struct point_request {
  uint32_t value;
  char name[32];
  int32_t fd;
};

struct merge_request {
  char name[32];
  int32_t other;
  int32_t fd;
  uint32_t flags, pad;
};

struct fence_record {
  char timeline[32], driver[32];
  int32_t status;
  uint32_t flags;
  uint64_t timestamp;
};

struct file_request {
  char name[32];
  int32_t status;
  uint32_t flags, count, pad;
  uint64_t records;
};

struct deadline_request {
  uint64_t deadline, pad;
};

struct point_deadline_request {
  uint64_t deadline;
  uint32_t pad;
  int32_t fd;
};

#define CREATE_POINT _IOWR('W', 0, struct point_request)
#define INCREMENT _IOW('W', 1, uint32_t)
#define POINT_DEADLINE _IOWR('W', 2, struct point_deadline_request)
#define MERGE _IOWR('>', 3, struct merge_request)
#define FILE_INFO _IOWR('>', 4, struct file_request)
#define SET_DEADLINE _IOW('>', 5, struct deadline_request)

_Static_assert(CREATE_POINT == 0xc0285700, "as the kernel has it");
_Static_assert(INCREMENT == 0x40045701, "as the kernel has it");
_Static_assert(POINT_DEADLINE == 0xc0105702, "as the kernel has it");
_Static_assert(MERGE == 0xc0303e03, "as the kernel has it");
_Static_assert(FILE_INFO == 0xc0383e04, "as the kernel has it");
_Static_assert(SET_DEADLINE == 0x40103e05, "as the kernel has it");

/* Needs CONFIG_SW_SYNC and a mounted debug file system. */
TOOL void open_timeline(char *r, int *out)
{
  int fd = open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC);
  if (fd < 0)
    skip("/sys/kernel/debug/sync/sw_sync");
  say_descriptor(r, fd, out);
}

TOOL void create_point(char *r, int timeline, uint32_t value, const char *name,
                       enum memory memory, int *out)
{
  struct point_request point = { .value = value, .fd = -1 };
  snprintf(point.name, sizeof(point.name), "%s", name);
  int error = request(timeline, CREATE_POINT, &point, sizeof(point), memory);
  if (out != NULL)
    *out = error < 0 ? -1 : point.fd;
  say_number(r, error);
}

TOOL void increment(char *r, int timeline, uint32_t value, enum memory memory)
{
  say_number(r, request(timeline, INCREMENT, &value, sizeof(value), memory));
}

TOOL void merge(char *r, struct merge_request merged, int fd, const char *name,
                enum memory memory, int *out)
{
  snprintf(merged.name, sizeof(merged.name), "%s", name);
  int error = request(fd, MERGE, &merged, sizeof(merged), memory);
  if (out != NULL)
    *out = error < 0 ? -1 : merged.fd;
  say_number(r, error);
}

/* NAME STATUS COUNT | driver timeline status time | ... */
TOOL void file_info(char *r, int fd, struct file_request file, int has_records,
                    enum memory memory)
{
  struct fence_record records[16];
  memset(records, 0xff, sizeof(records));
  unsigned room = file.count;
  file.records = has_records ? (uintptr_t)records : 8;
  int error = request(fd, FILE_INFO, &file, sizeof(file), memory);
  if (error < 0) {
    say_number(r, error);
    return;
  }
  snprintf(r, RESULT_SIZE, "%.32s %d %u", file.name, file.status, file.count);
  for (unsigned i = 0; i < room; i++) {
    char text[160];
    const struct fence_record *one = &records[i];
    if (i >= file.count) {
      add(r, " | untouched");
      continue;
    }
    snprintf(text, sizeof(text), " | %.32s %.32s %d %llu", one->driver, one->timeline,
             one->status, (unsigned long long)one->timestamp);
    add(r, text);
    snprintf(text, sizeof(text), " flags %u", one->flags);
    if (one->flags != 0)
      add(r, text);
  }
}

TOOL void set_deadline(char *r, int fd, struct deadline_request deadline, enum memory memory)
{
  say_number(r, request(fd, SET_DEADLINE, &deadline, sizeof(deadline), memory));
}

TOOL void get_deadline(char *r, int timeline, struct point_deadline_request point,
                       enum memory memory)
{
  int error = request(timeline, POINT_DEADLINE, &point, sizeof(point), memory);
  if (error < 0)
    say_number(r, error);
  else
    snprintf(r, RESULT_SIZE, "%llu", (unsigned long long)point.deadline);
}
`,
  calls: {
    'sys.timeline': (call) => `open_timeline(r, ${call.out()})`,
    'sys.createFence': (call) => {
      const [timeline, value] = [call.fd('timeline'), call.number('value')];
      const name = call.literal('name', '');
      return `create_point(r, ${timeline}, ${value}, ${name}, ${call.memory()}, ${call.out()})`;
    },
    'sys.inc': (call) =>
      `increment(r, ${call.fd('timeline')}, ${call.number('value')}, ${call.memory()})`,
    'sys.merge': (call) => {
      const flags = `.flags = ${call.number('flags', 0)}, .pad = ${call.number('pad', 0)}`;
      const fields = `(struct merge_request){ .other = ${call.fd('fd2')}, ${flags} }`;
      const name = call.literal('name', '');
      return `merge(r, ${fields}, ${call.fd()}, ${name}, ${call.memory()}, ${call.out()})`;
    },
    'sys.info': (call) => {
      const flags = `.flags = ${call.number('flags', 0)}, .pad = ${call.number('pad', 0)}`;
      const fields = `(struct file_request){ .count = ${call.numberUpTo('room', 16, 0)}, ${flags} }`;
      const hasRecords = call.text('records', 'ok') === 'ok' ? 1 : 0;
      return `file_info(r, ${call.fd()}, ${fields}, ${hasRecords}, ${call.memory()})`;
    },
    'sys.deadline': (call) => {
      const fields = `${call.number('deadlineNs')}, ${call.number('pad', 0)}`;
      const deadline = `(struct deadline_request){ ${fields} }`;
      return `set_deadline(r, ${call.fd()}, ${deadline}, ${call.memory()})`;
    },
    'sys.getDeadline': (call) => {
      const numbers = `${call.number('deadlineNs', 0)}, ${call.number('pad', 0)}`;
      const point = `(struct point_deadline_request){ ${numbers}, ${call.fd()} }`;
      return `get_deadline(r, ${call.fd('timeline')}, ${point}, ${call.memory()})`;
    },
  },
};
