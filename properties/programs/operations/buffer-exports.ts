import { ExporterModule } from '../../../impl/dma-buf/exporter-module.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Environment } from '../environment.ts';
import { attachmentOf, bufferOf, exporterBehind, ownBuffer } from '../buffers.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { looksAt } from '../looks-at.ts';
import type { ExporterSight } from '../mock-exporter.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { offerOf, REAL_EXPORTERS } from '../real-exporters.ts';
import { descriptorArgument } from '../user-space.ts';
import { LOOK } from './inspect.ts';

function moduleOf(environment: Environment, args: Arguments): ExporterModule {
  return environment.find(args.text('module'), ExporterModule);
}

/** `A unlisted uncounted`: who called the release operation, and what was left by then. */
function releaseText(sights: readonly ExporterSight[]): string {
  const released = sights.filter(({ op }) => op === 'release');
  const texts = released.map(({ by, isAtomic, isLocked, isListed, isCounted, hasModule }) =>
    [
      by,
      ...(isAtomic ? ['atomic'] : []),
      ...(isLocked ? ['locked'] : []),
      isListed ? 'listed' : 'unlisted',
      isCounted ? 'counted' : 'uncounted',
      ...(hasModule === true ? ['with module'] : []),
    ].join(' '),
  );
  return texts.join(', ') || 'never';
}

/** What an exporter has seen with a direction: `begin BIDIRECTIONAL end NONE`. */
const DIRECTIONS = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE', 'NONE'] as const;

function* look(
  environment: Environment,
  args: Arguments,
  text: (sights: readonly ExporterSight[]) => string,
): KernelTask<Result> {
  yield LOOK;
  const exporter = exporterBehind(environment, args.text('buffer'));
  looksAt(exporter);
  return text(exporter.sights);
}

/** What stands around a buffer: the module of its exporter, its references, what was asked. */
defineOperations([
  {
    name: 'module.load',
    parameters: [],
    *run(environment, _args, out) {
      const made = new ExporterModule(environment.stack.world);
      environment.bind(out, made);
      return null;
    },
  },
  {
    // The reference that being loaded is.
    name: 'module.unload',
    parameters: ['module'],
    *run(environment, args) {
      yield* moduleOf(environment, args).put();
      return null;
    },
  },
  {
    name: 'module.users',
    parameters: ['module'],
    *run(environment, args) {
      yield LOOK;
      const owner = moduleOf(environment, args);
      looksAt(owner);
      return owner.references.value;
    },
  },
  {
    // A buffer of an exporter of the kernel: `system`, `cma`, `udmabuf`, `vgem`.
    name: 'buf.exportReal',
    parameters: ['exporter', 'size'],
    *run(environment, args, out) {
      const { stack } = environment;
      const kind = REAL_EXPORTERS.find((known) => known === args.text('exporter'));
      if (kind === undefined) throw new ProgramError('nobody exports that');
      const offered = yield* offerOf(stack, kind, args.number('size', PAGE_SIZE));
      if (typeof offered === 'number') return offered;
      const buffer = yield* stack.buffers.export(offered);
      if (typeof buffer === 'number') throw new ProgramError('its storage has nobody left');
      environment.bind(out, buffer);
      ownBuffer(environment, buffer);
      return 0;
    },
  },
  {
    name: 'buf.count',
    parameters: ['buffer'],
    *run(environment, args) {
      yield LOOK;
      const { file } = bufferOf(environment, args);
      looksAt(file);
      return file.references.value;
    },
  },
  {
    name: 'buf.inode',
    parameters: ['buffer'],
    *run(environment, args) {
      return bufferOf(environment, args).inode;
    },
  },
  {
    // Of the buffer behind a descriptor, which is held as long as that is looked up.
    name: 'buf.inodeAt',
    parameters: ['fd'],
    *run(environment, args) {
      const { buffers } = environment.stack;
      const buffer = yield* buffers.get(descriptorArgument(environment, args));
      if (typeof buffer === 'number') return buffer;
      const { inode } = buffer;
      yield* buffers.put(buffer);
      return inode;
    },
  },
  {
    name: 'buf.vmapUsers',
    parameters: ['buffer'],
    *run(environment, args) {
      yield LOOK;
      const buffer = bufferOf(environment, args);
      looksAt(buffer);
      return `${buffer.vmapCount.value} ${buffer.vmapPointer.value?.label ?? 'nothing'}`;
    },
  },
  {
    name: 'buf.releases',
    parameters: ['buffer'],
    run: (environment, args) => look(environment, args, releaseText),
  },
  {
    name: 'buf.directions',
    parameters: ['buffer'],
    run: (environment, args) =>
      look(environment, args, (sights) =>
        sights
          .flatMap(({ op, direction }) =>
            direction === null ? [] : [`${op} ${DIRECTIONS[direction]}`],
          )
          .join(' '),
      ),
  },
  {
    // An importer forgets that it is attached.
    name: 'buf.abandon',
    parameters: ['attachment'],
    *run(environment, args) {
      const attachment = attachmentOf(environment, args);
      environment.disown(attachment);
      environment.stack.world.memory.free(attachment);
      return null;
    },
  },
]);
