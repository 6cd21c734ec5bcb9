import { DRM_IOCTL_MODE_ADDFB2, DRM_IOCTL_SET_CLIENT_CAP } from '../../../impl/drm/drm-ioctls.ts';
import {
  DRM_CLIENT_CAP_ATOMIC,
  DRM_FORMAT_XRGB8888,
  DRM_IOCTL_MODE_ATOMIC,
  DRM_IOCTL_MODE_PAGE_FLIP,
  DRM_IOCTL_MODE_RMFB,
  DRM_MODE_ATOMIC_ALLOW_MODESET,
  DRM_MODE_ATOMIC_NONBLOCK,
  DRM_MODE_ATOMIC_TEST_ONLY,
  DRM_MODE_PAGE_FLIP_ASYNC,
  DRM_MODE_PAGE_FLIP_EVENT,
  PROPERTIES,
} from '../../../impl/drm/kms/kms-uapi.ts';
import type { ModeConfig } from '../../../impl/drm/kms/mode-config.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { UserArray } from '../../../impl/uapi/user-array.ts';
import { UserWord } from '../../../impl/uapi/user-word.ts';
import { atomicFields, type Setting } from '../display-request.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { maskArgument } from '../mask.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { bindDescriptor, descriptor, userCalls } from '../user-space.ts';
import { deviceFile, handleArgument, request } from './drm.ts';

const FLAGS = {
  event: DRM_MODE_PAGE_FLIP_EVENT,
  async: DRM_MODE_PAGE_FLIP_ASYNC,
  test: DRM_MODE_ATOMIC_TEST_ONLY,
  nonblock: DRM_MODE_ATOMIC_NONBLOCK,
  modeset: DRM_MODE_ATOMIC_ALLOW_MODESET,
};

/** How long a picture stays. Unit: jiffies. */
const PERIOD = 16;

/** The display behind a device file of the caller. */
export function displayOf(environment: Environment, args: Arguments): ModeConfig {
  const config = deviceFile(environment, args)?.device.display ?? null;
  if (config === null) throw new ProgramError('the device file is closed, or has no display');
  return config;
}

/** A number, or what `plane`, `overlay`, `crtc`, `connector` and `writeback` stand for; `crtc1` is the second one. */
function objectNumber(config: ModeConfig, name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const [, kind = '', digits = '0'] = /^([a-z]+)(\d*)$/.exec(name) ?? [];
  const index = Number(digits);
  const found = ofKind(config, kind)[index];
  if (found === undefined) throw new ProgramError(`a display has no ${name}`);
  return found.number;
}

function ofKind(
  { planes, crtcs, connectors }: ModeConfig,
  kind: string,
): readonly { readonly number: number }[] {
  if (kind === 'crtc') return crtcs;
  if (kind === 'plane') return planes.filter(({ type }) => type === 'primary');
  if (kind === 'overlay') return planes.filter(({ type }) => type === kind);
  if (kind === 'connector') return connectors.filter(({ writeback }) => writeback === null);
  return kind === 'writeback' ? connectors.filter(({ writeback }) => writeback !== null) : [];
}

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(PROPERTIES));

/** A property by its name, or a number that no property need have. */
function propertyNumber(name: string): number {
  const known = NUMBERS.get(name);
  if (known === undefined && !/^\d+$/.test(name)) throw new ProgramError(`no property is ${name}`);
  return known ?? Number(name);
}

/** Triples of object, property and value; pointers are addresses of words. */
class Settings {
  readonly words: UserWord[] = [];
  readonly list: Setting[] = [];
  private readonly environment: Environment;
  private readonly config: ModeConfig;

  constructor(environment: Environment, config: ModeConfig) {
    this.environment = environment;
    this.config = config;
  }

  add(object: string, property: string, value: string): void {
    this.list.push([
      objectNumber(this.config, object),
      propertyNumber(property),
      this.valueOf(property, value),
    ]);
  }

  private valueOf(property: string, text: string): number {
    if (/^-?\d+$/.test(text)) return Number(text);
    const value = this.environment.value(text);
    if (value instanceof UserWord) return this.words.push(value);
    if (property === 'IN_FENCE_FD') return descriptor(this.environment, text);
    if (typeof value === 'number') return Math.max(value, 0);
    return objectNumber(this.config, text);
  }
}

function* commit(
  environment: Environment,
  args: Arguments,
  settings: Settings,
  flags: number,
): KernelTask<Result> {
  const mapped = args.number('mapped', Number.MAX_SAFE_INTEGER);
  const fields = atomicFields(settings.list);
  const unmapped = args.has('mapped') ? shortened(fields, args.text('array'), mapped) : fields;
  const answer = yield* request(environment, args, DRM_IOCTL_MODE_ATOMIC, {
    ...unmapped,
    flags,
    reserved: args.number('reserved', 0),
    user_data: args.number('userData', 0),
    words: settings.words,
  });
  return answer.result;
}

/** The same arrays; of one of them only the front part is mapped. */
function shortened(
  fields: Record<string, unknown>,
  name: string,
  mapped: number,
): Record<string, unknown> {
  const array = fields[name];
  if (!(array instanceof UserArray))
    throw new ProgramError(`${name} is no array of an atomic call`);
  return { ...fields, [name]: new UserArray(array.items, mapped) };
}

/** As most programs do it: a framebuffer on a plane, when a fence says so, and a fence that says when. */
function* show(environment: Environment, args: Arguments): KernelTask<Result> {
  const settings = new Settings(environment, displayOf(environment, args));
  const number = args.number('crtc', 0);
  const crtc = `crtc${number}`;
  const plane = args.text('plane', `plane${number}`);
  settings.add(plane, 'FB_ID', String(args.either('fb')));
  settings.add(plane, 'CRTC_ID', crtc);
  if (args.has('fence')) settings.add(plane, 'IN_FENCE_FD', String(args.either('fence')));
  if (args.has('out')) settings.add(crtc, 'OUT_FENCE_PTR', args.text('out'));
  const flags = maskArgument(args, 'flags', FLAGS, 0);
  return yield* commit(environment, args, settings, flags);
}

/** Sets a mode, so that the display is lit. */
function* light(environment: Environment, args: Arguments): KernelTask<Result> {
  const settings = new Settings(environment, displayOf(environment, args));
  const number = args.number('crtc', 0);
  const crtc = `crtc${number}`;
  settings.add(`plane${number}`, 'FB_ID', String(args.either('fb')));
  settings.add(`plane${number}`, 'CRTC_ID', crtc);
  settings.add(`connector${number}`, 'CRTC_ID', crtc);
  settings.add(crtc, 'MODE_ID', String(PERIOD));
  settings.add(crtc, 'ACTIVE', '1');
  if (args.has('out')) settings.add(crtc, 'OUT_FENCE_PTR', args.text('out'));
  const flags = maskArgument(args, 'flags', FLAGS, 'modeset');
  return yield* commit(environment, args, settings, flags);
}

/** Takes everything off a CRTC. */
function* darken(environment: Environment, args: Arguments): KernelTask<Result> {
  const config = displayOf(environment, args);
  const settings = new Settings(environment, config);
  const index = args.number('crtc', 0);
  const crtc = `crtc${index}`;
  looksAt(...config.planes, ...config.connectors);
  for (const { number, state } of config.planes) {
    if (state.value.crtc.value?.index !== index) continue;
    settings.add(String(number), 'FB_ID', '0');
    settings.add(String(number), 'CRTC_ID', '0');
  }
  for (const { number, state } of config.connectors) {
    if (state.value.crtc.value?.index === index) settings.add(String(number), 'CRTC_ID', '0');
  }
  settings.add(crtc, 'MODE_ID', '0');
  settings.add(crtc, 'ACTIVE', '0');
  if (args.has('out')) settings.add(crtc, 'OUT_FENCE_PTR', args.text('out'));
  const flags = maskArgument(args, 'flags', FLAGS, 'modeset');
  return yield* commit(environment, args, settings, flags);
}

/** Any settings, as `[plane, FB_ID, f, crtc, OUT_FENCE_PTR, w]`. */
function* atomic(environment: Environment, args: Arguments): KernelTask<Result> {
  const settings = new Settings(environment, displayOf(environment, args));
  const words = args.names('settings').map(String);
  for (let at = 0; at + 2 < words.length; at += 3) {
    settings.add(words[at] ?? '', words[at + 1] ?? '', words[at + 2] ?? '');
  }
  const flags = maskArgument(args, 'flags', FLAGS, 0);
  return yield* commit(environment, args, settings, flags);
}

function* framebuffer(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const answer = yield* request(environment, args, DRM_IOCTL_MODE_ADDFB2, {
    handle: handleArgument(environment, args),
    handle1: args.has('second') ? handleArgument(environment, args, 'second') : 0,
    format: args.number('format', DRM_FORMAT_XRGB8888),
  });
  if (answer.result < 0) {
    environment.bind(out, answer.result);
    return answer.result;
  }
  const number = answer.number('fb_id');
  environment.bind(out, number);
  const fb = displayOf(environment, args).framebuffers.value.find(([known]) => known === number);
  if (out !== null && fb !== undefined) environment.bind(`${out}.fb`, fb[1]);
  return 0;
}

const MEMORY = ['memory', 'mapped', 'array', 'reserved', 'userData'] as const;

/** Requests about displays, as programs make them. */
defineOperations([
  {
    name: 'kms.setCap',
    parameters: ['device', 'capability', 'value', 'memory'],
    *run(environment, args) {
      const capability = args.number('capability', DRM_CLIENT_CAP_ATOMIC);
      const fields = { capability, value: args.number('value', 1) };
      return (yield* request(environment, args, DRM_IOCTL_SET_CLIENT_CAP, fields)).result;
    },
  },
  {
    // Binds `f` to its number, and `f.fb` to the framebuffer: 0, or a negative error.
    name: 'kms.framebuffer',
    parameters: ['device', 'handle', 'second', 'format', 'memory'],
    run: framebuffer,
  },
  {
    name: 'kms.remove',
    parameters: ['device', 'fb', 'memory'],
    *run(environment, args) {
      const fields = { fb_id: handleArgument(environment, args, 'fb') };
      return (yield* request(environment, args, DRM_IOCTL_MODE_RMFB, fields)).result;
    },
  },
  { name: 'kms.atomic', parameters: ['device', 'settings', 'flags', ...MEMORY], run: atomic },
  {
    name: 'kms.show',
    parameters: ['device', 'fb', 'fence', 'out', 'flags', 'crtc', 'plane', ...MEMORY],
    run: show,
  },
  {
    name: 'kms.light',
    parameters: ['device', 'fb', 'out', 'flags', 'crtc', ...MEMORY],
    run: light,
  },
  { name: 'kms.darken', parameters: ['device', 'out', 'flags', 'crtc', ...MEMORY], run: darken },
  {
    name: 'kms.pageFlip',
    parameters: ['device', 'fb', 'flags', 'crtc', 'userData', 'reserved', 'memory'],
    *run(environment, args) {
      const config = displayOf(environment, args);
      const answer = yield* request(environment, args, DRM_IOCTL_MODE_PAGE_FLIP, {
        crtc_id: objectNumber(config, args.text('crtc', 'crtc')),
        fb_id: handleArgument(environment, args, 'fb'),
        flags: maskArgument(args, 'flags', FLAGS, 0),
        reserved: args.number('reserved', 0),
        user_data: args.number('userData', 0),
      });
      return answer.result;
    },
  },
  {
    // A word of memory, for numbers of out-fences.
    name: 'kms.word',
    parameters: ['value', 'mapped'],
    *run(environment, args, out) {
      const { world } = environment.stack;
      environment.bind(
        out,
        new UserWord(world, args.number('value', 7), args.boolean('mapped', true)),
      );
      return null;
    },
  },
  {
    // The descriptor whose number stands in a word: 0, or what stands there instead.
    name: 'kms.fence',
    parameters: ['word'],
    *run(environment, args, out) {
      const fd = yield* environment.find(args.text('word'), UserWord).word.read();
      if (fd >= 0) bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    // What has become of the fence behind a word: `pending`, 1, or an error; `none`.
    name: 'kms.status',
    parameters: ['word'],
    *run(environment, args) {
      const fd = yield* environment.find(args.text('word'), UserWord).word.read();
      const fence = fd < 0 ? null : yield* environment.stack.syncFiles.getFence(fd);
      if (fence === null) return 'none';
      const status = yield* fence.getStatus();
      yield* fence.put();
      return status === 0 ? 'pending' : status;
    },
  },
  {
    // What another thread finds there: `none`, or the number of a descriptor that is `closed` or `open`.
    name: 'kms.peek',
    parameters: ['word'],
    *run(environment, args) {
      const fd = yield* environment.find(args.text('word'), UserWord).word.read();
      if (fd < 0) return 'none';
      const file = yield* userCalls(environment).table.fget(fd);
      if (file === null) return 'closed';
      yield* file.put();
      return 'open';
    },
  },
]);
