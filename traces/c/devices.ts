import type { Part } from './part.ts';
import type { SpokenCall } from './spoken-call.ts';

const EXPORT_FLAGS: Readonly<Record<string, string>> = {
  rw: 'O_RDWR',
  cloexec: 'O_CLOEXEC',
  none: '0',
};

function closing(command: string): (call: SpokenCall) => string {
  return (call) => {
    const fields = `(uint32_t[]){ ${call.handle()}, ${call.number('pad', 0)} }`;
    return `drop_handle(r, ${call.fd('device')}, ${command}, ${fields}, ${call.memory()})`;
  };
}

/** Graphics devices, their buffers and names of these, and vgem's fences. */
export const DEVICES: Part = {
  title: 'graphics devices and their buffers',
  headers: ['dirent.h', 'fcntl.h'],
  needs: [],
  code: String.raw`
struct version_request {
  int32_t major, minor, patch;
  size_t name_length;
  char *name;
  size_t date_length;
  char *date;
  size_t text_length;
  char *text;
};

struct capability_request {
  uint64_t capability, value;
};

struct dumb_request {
  uint32_t height, width, bpp, flags, handle, pitch;
  uint64_t size;
};

struct offset_request {
  uint32_t handle, pad;
  uint64_t offset;
};

struct open_request {
  uint32_t name, handle;
  uint64_t size;
};

struct prime_request {
  uint32_t handle, flags;
  int32_t fd;
};

struct vgem_request {
  uint32_t handle, flags, fence, pad;
};

#define DRM_VERSION _IOWR('d', 0x00, struct version_request)
#define DRM_GEM_CLOSE _IOC(_IOC_WRITE, 'd', 0x09, 8)
#define DRM_GEM_FLINK _IOC(_IOC_READ | _IOC_WRITE, 'd', 0x0a, 8)
#define DRM_GEM_OPEN _IOWR('d', 0x0b, struct open_request)
#define DRM_CAPABILITY _IOWR('d', 0x0c, struct capability_request)
#define DRM_PRIME_EXPORT _IOWR('d', 0x2d, struct prime_request)
#define DRM_PRIME_IMPORT _IOWR('d', 0x2e, struct prime_request)
#define DRM_VGEM_ATTACH _IOWR('d', 0x41, struct vgem_request)
#define DRM_VGEM_SIGNAL _IOC(_IOC_WRITE, 'd', 0x42, 8)
#define DRM_DUMB_CREATE _IOWR('d', 0xb2, struct dumb_request)
#define DRM_DUMB_OFFSET _IOWR('d', 0xb3, struct offset_request)
#define DRM_DUMB_DESTROY _IOC(_IOC_READ | _IOC_WRITE, 'd', 0xb4, 4)

_Static_assert(DRM_GEM_OPEN == 0xc010640b, "as the kernel has it");
_Static_assert(DRM_CAPABILITY == 0xc010640c, "as the kernel has it");
_Static_assert(DRM_PRIME_EXPORT == 0xc00c642d, "as the kernel has it");
_Static_assert(DRM_VGEM_ATTACH == 0xc0106441, "as the kernel has it");
_Static_assert(DRM_DUMB_CREATE == 0xc02064b2, "as the kernel has it");
_Static_assert(DRM_DUMB_OFFSET == 0xc01064b3, "as the kernel has it");

enum { DEVICES_MAX = 16, HAS_TIMELINE_SYNCOBJ = 0x14 };

/* Devices that the program names, by number. */
TOOL char devices[DEVICES_MAX][64];
TOOL int devices_named;

TOOL int is_named(const char *path)
{
  for (int i = 0; i < devices_named; i++) {
    if (strcmp(devices[i], path) == 0)
      return 1;
  }
  return 0;
}

/* The next device of a driver; without a driver, or for virtio_gpu: one with timelines. */
TOOL int device_path(const char *driver, int has_timeline, char *path, size_t size)
{
  for (int minor = 0; minor < 64; minor++) {
    char name[32] = "";
    struct version_request version = { .name_length = sizeof(name) - 1, .name = name };
    struct capability_request capability = { HAS_TIMELINE_SYNCOBJ, 0 };
    snprintf(path, size, "/dev/dri/card%d", minor);
    if (is_named(path))
      continue;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
      continue;
    int is_it = has_timeline ? ioctl(fd, DRM_CAPABILITY, &capability) == 0 && capability.value == 1
                             : ioctl(fd, DRM_VERSION, &version) == 0 && strcmp(name, driver) == 0;
    close(fd);
    if (is_it)
      return 1;
  }
  return 0;
}

TOOL void name_device(char *r, const char *driver, int *out)
{
  char path[64];
  int is_found = device_path(driver, 0, path, sizeof(path));
  if (!is_found && strcmp(driver, "virtio_gpu") == 0)
    is_found = device_path(driver, 1, path, sizeof(path));
  if (!is_found || devices_named == DEVICES_MAX) {
    errno = ENODEV;
    skip(driver);
  }
  memcpy(devices[devices_named], path, sizeof(path));
  if (out != NULL)
    *out = devices_named;
  devices_named++;
  say(r, "null");
}

TOOL void open_device(char *r, int device, int *out)
{
  if (device < 0 || device >= devices_named) {
    errno = ENODEV;
    skip("a device that nobody has named");
  }
  say_descriptor(r, open(devices[device], O_RDWR | O_CLOEXEC), out);
}

/* The error, or a number that a request has made. */
TOOL void say_made(char *r, int error, uint32_t made, int *out)
{
  if (out != NULL && error >= 0)
    *out = (int)made;
  say_number(r, error < 0 ? error : (long long)made);
}

TOOL void capability(char *r, int device, uint64_t number, enum memory memory)
{
  struct capability_request asked = { number, 0 };
  int error = request(device, DRM_CAPABILITY, &asked, sizeof(asked), memory);
  say_number(r, error < 0 ? error : (long long)asked.value);
}

TOOL void create_dumb(char *r, int device, struct dumb_request dumb, enum memory memory, int *out)
{
  int error = request(device, DRM_DUMB_CREATE, &dumb, sizeof(dumb), memory);
  say_made(r, error, dumb.handle, out);
}

TOOL void dumb_offset(char *r, int device, uint32_t handle, enum memory memory, int *out)
{
  struct offset_request place = { .handle = handle };
  int error = request(device, DRM_DUMB_OFFSET, &place, sizeof(place), memory);
  if (out != NULL && error >= 0)
    *out = (int)place.offset;
  if (error >= 0 && place.offset > INT32_MAX)
    skip("an offset that is too large for this program");
  say_number(r, error);
}

TOOL void drop_handle(char *r, int device, unsigned long command, uint32_t *fields,
                      enum memory memory)
{
  say_number(r, request(device, command, fields, _IOC_SIZE(command), memory));
}

TOOL void flink(char *r, int device, uint32_t handle, enum memory memory, int *out)
{
  uint32_t fields[2] = { handle, 0 };
  int error = request(device, DRM_GEM_FLINK, fields, sizeof(fields), memory);
  say_made(r, error, fields[1], out);
}

TOOL void open_name(char *r, int device, uint32_t name, enum memory memory, int *out)
{
  struct open_request opened = { .name = name };
  int error = request(device, DRM_GEM_OPEN, &opened, sizeof(opened), memory);
  say_made(r, error, opened.handle, out);
}

TOOL void prime_export(char *r, int device, struct prime_request prime, enum memory memory,
                       int *out)
{
  int error = request(device, DRM_PRIME_EXPORT, &prime, sizeof(prime), memory);
  if (out != NULL && error >= 0)
    *out = prime.fd;
  say_number(r, error);
}

TOOL void prime_import(char *r, int device, struct prime_request prime, enum memory memory,
                       int *out)
{
  int error = request(device, DRM_PRIME_IMPORT, &prime, sizeof(prime), memory);
  say_made(r, error, prime.handle, out);
}

TOOL void attach_fence(char *r, int device, struct vgem_request vgem, enum memory memory, int *out)
{
  int error = request(device, DRM_VGEM_ATTACH, &vgem, sizeof(vgem), memory);
  say_made(r, error, vgem.fence, out);
}

TOOL void signal_fence(char *r, int device, uint32_t fence, uint32_t flags, enum memory memory)
{
  uint32_t fields[2] = { fence, flags };
  say_number(r, request(device, DRM_VGEM_SIGNAL, fields, sizeof(fields), memory));
}
`,
  calls: {
    'drm.device': (call) => `name_device(r, ${call.literal('driver', 'vgem')}, ${call.out()})`,
    'drm.open': (call) => `open_device(r, ${call.fd('device')}, ${call.out()})`,
    'drm.cap': (call) =>
      `capability(r, ${call.fd('device')}, ${call.number('capability')}, ${call.memory()})`,
    'dumb.create': (call) => {
      const size = `.width = ${call.number('width', 32)}, .height = ${call.number('height', 32)}`;
      const kind = `.bpp = ${call.number('bpp', 32)}, .flags = ${call.number('flags', 0)}`;
      const dumb = `(struct dumb_request){ ${size}, ${kind} }`;
      return `create_dumb(r, ${call.fd('device')}, ${dumb}, ${call.memory()}, ${call.out()})`;
    },
    'dumb.offset': (call) =>
      `dumb_offset(r, ${call.fd('device')}, ${call.handle()}, ${call.memory()}, ${call.out()})`,
    'dumb.destroy': closing('DRM_DUMB_DESTROY'),
    'gem.close': closing('DRM_GEM_CLOSE'),
    'gem.flink': (call) =>
      `flink(r, ${call.fd('device')}, ${call.handle()}, ${call.memory()}, ${call.out()})`,
    'gem.open': (call) =>
      `open_name(r, ${call.fd('device')}, ${call.handle('name')}, ${call.memory()}, ${call.out()})`,
    'prime.export': (call) => {
      const flags = call.words('flags', EXPORT_FLAGS, 'rw+cloexec');
      const prime = `(struct prime_request){ ${call.handle()}, ${flags}, -1 }`;
      return `prime_export(r, ${call.fd('device')}, ${prime}, ${call.memory()}, ${call.out()})`;
    },
    'prime.import': (call) => {
      const prime = `(struct prime_request){ 0, ${call.number('flags', 0)}, ${call.fd()} }`;
      return `prime_import(r, ${call.fd('device')}, ${prime}, ${call.memory()}, ${call.out()})`;
    },
    'vgem.attach': (call) => {
      const write = call.boolean('write', false) ? 1 : 0;
      const fields = `${call.handle()}, ${call.number('flags', write)}, 0, ${call.number('pad', 0)}`;
      const vgem = `(struct vgem_request){ ${fields} }`;
      return `attach_fence(r, ${call.fd('device')}, ${vgem}, ${call.memory()}, ${call.out()})`;
    },
    'vgem.signal': (call) => {
      const [fence, flags] = [call.handle('fence'), call.number('flags', 0)];
      return `signal_fence(r, ${call.fd('device')}, ${fence}, ${flags}, ${call.memory()})`;
    },
  },
};
