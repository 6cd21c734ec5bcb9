import type { DeviceAction, DeviceTask, Kind } from './device-draft.ts';
import type { Pick } from './pick.ts';

/** Unit: milliseconds. Fences of vgem end by themselves after ten seconds. */
const SLEEPS = ['1', '3', '10001'] as const;
const TIMEOUTS = ['0', '3', '20000'] as const;
const EVENTS = ['in', 'out', 'in+out', 'none'] as const;
const SIZES = ['', ', 64', ', 0', ', 32, 32, 16', ', 65536, 65536'] as const;

/** Now and then the argument cannot be read, or the answer not be written. */
function memory(pick: Pick): string {
  const kind = pick.below(16);
  if (kind === 14) return ', memory: bad';
  return kind === 15 ? ', memory: readOnly' : '';
}

/** Now and then a field has a bit that nobody knows. */
const flag = (pick: Pick, name: string): string => (pick.below(16) === 15 ? `, ${name}: 64` : '');

/** A call about one thing of a kind. */
function on(name: string, kind: Kind, line: (thing: string, pick: Pick) => string): DeviceAction {
  return {
    name,
    draw: (task, pick) => {
      task.calls.push(line(task.use(kind, pick), pick));
    },
  };
}

/** A call on a device file about something of a kind. */
function onDevice(
  name: string,
  kind: Kind,
  draw: (task: DeviceTask, words: string, pick: Pick, file: string) => void,
): DeviceAction {
  return {
    name,
    draw: (task, pick) => {
      const { file, thing } = task.useWithFile(kind, pick);
      draw(task, `${file}, ${thing}`, pick, file);
    },
  };
}

/** What a program does with buffers of devices, and a few things around them. */
export const DEVICE_ACTIONS: readonly DeviceAction[] = [
  {
    name: 'create',
    draw: (task, pick) => {
      const size = pick.below(4) === 3 ? (pick.of(SIZES) ?? '') : '';
      const file = task.use('files', pick);
      task.make('handles', `dumb.create(${file}${size}${memory(pick)})`, file);
    },
  },
  onDevice('export', 'handles', (task, words, pick) => {
    task.make('buffers', `prime.export(${words}${flag(pick, 'flags')}${memory(pick)})`);
  }),
  onDevice('import', 'buffers', (task, words, pick, file) => {
    task.make('handles', `prime.import(${words}${memory(pick)})`, file);
  }),
  onDevice('close a handle', 'handles', (task, words, pick) => {
    const call = pick.below(2) === 0 ? 'gem.close' : 'dumb.destroy';
    task.calls.push(`${call}(${words}${memory(pick)})`);
  }),
  onDevice('attach', 'handles', (task, words, pick, file) => {
    const write = pick.below(2) === 0 ? ', true' : '';
    const wrong = write === '' ? flag(pick, 'flags') : flag(pick, 'pad');
    task.make('fences', `vgem.attach(${words}${write}${wrong}${memory(pick)})`, file);
  }),
  onDevice('signal', 'fences', (task, words, pick) => {
    task.calls.push(`vgem.signal(${words}${flag(pick, 'flags')}${memory(pick)})`);
  }),
  onDevice('name', 'handles', (task, words, pick, file) => {
    const name = task.make('names', `gem.flink(${words}${memory(pick)})`, file);
    if (pick.below(2) === 0) task.make('handles', `gem.open(${file}, ${name})`, file);
  }),
  onDevice('open by name', 'names', (task, words, pick, file) => {
    task.make('handles', `gem.open(${words}${memory(pick)})`, file);
  }),
  onDevice('map through the device', 'handles', (task, words, pick, file) => {
    const offset = task.make('others', `dumb.offset(${words}${memory(pick)})`);
    task.map(`sys.mmap(${file}, ${pick.below(8) === 7 ? 8192 : 4096}, offset: ${offset})`);
  }),
  {
    name: 'map a buffer',
    draw: (task, pick) => {
      const kind = pick.below(8) === 7 ? ', private: true' : '';
      task.map(`sys.mmap(${task.use('buffers', pick)}${kind})`);
    },
  },
  {
    name: 'use memory',
    draw: (task, pick) => {
      const mapping = pick.of(task.mappings);
      if (mapping === undefined) return;
      const at = pick.of(['0', '4095', '4096']) ?? '0';
      const calls = [`sys.store(${mapping}, ${at})`, `sys.load(${mapping}, ${at})`];
      task.calls.push(pick.of([...calls, `sys.munmap(${mapping})`]) ?? '');
    },
  },
  on('close', 'buffers', (thing) => `sys.close(${thing})`),
  on('close a device', 'files', (thing) => `sys.close(${thing})`),
  {
    name: 'open a device',
    draw: (task, pick) => {
      task.make('files', `drm.open(${pick.of(['v', 'w']) ?? 'v'})`);
    },
  },
  {
    name: 'copy',
    draw: (task, pick) => {
      task.make('buffers', `sys.dup(${task.use('buffers', pick)})`);
    },
  },
  on('poll', 'buffers', (thing, pick) => {
    // Nothing is at a negative number, and nobody says so.
    const timeout = thing === '-1' ? '0' : (pick.of(TIMEOUTS) ?? '0');
    return `sys.poll(${thing}, ${pick.of(EVENTS) ?? 'in'}, ${timeout})`;
  }),
  on('list', 'buffers', (thing, pick) => {
    return `sys.${pick.of(['fdinfo', 'size', 'modes', 'lseek', 'read']) ?? 'fdinfo'}(${thing})`;
  }),
  {
    name: 'epoll',
    draw: (task, pick) => {
      const set = task.use('sets', pick);
      const calls = ['epollAdd', 'epollAdd', 'epollModify', 'epollRemove'] as const;
      task.calls.push(`sys.${pick.of(calls) ?? 'epollAdd'}(${set}, ${task.use('buffers', pick)})`);
      task.calls.push(`sys.epollWait(${set}, ${pick.of(['0', '3']) ?? '0'})`);
    },
  },
  {
    name: 'send',
    draw: (task, pick) => {
      const to = task.process === 'main' ? 'child' : 'main';
      const kind = pick.of(['buffers', 'files'] as const) ?? 'buffers';
      task.calls.push(`sys.send(${task.use(kind, pick)}, ${to})`);
    },
  },
  {
    name: 'receive',
    draw: (task, pick) => {
      task.make(pick.of(['buffers', 'files'] as const) ?? 'buffers', 'sys.receive(false)');
    },
  },
  {
    name: 'sleep',
    draw: (task, pick) => {
      task.calls.push(`task.sleep(${pick.of(SLEEPS) ?? '1'})`);
    },
  },
  {
    name: 'kill',
    draw: (task, pick) => {
      if (task.process === 'main' && pick.below(4) === 3) task.calls.push('sys.kill(child)');
    },
  },
];
