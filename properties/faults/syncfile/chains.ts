import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { FenceInfo } from '../../../impl/dma-buf/sync-file-ioctls.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about files over chains. */
export const CHAIN_FILE_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncfile-028-nodes-as-they-are',
    mistake: 'a record says when the head is done, and not what it contains',
    breaks: ['SYNCFILE-028'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        protected override *fillRecords(fence: DmaFence): KernelTask<readonly FenceInfo[]> {
          const records = yield* super.fillRecords(fence);
          if (this.stack.chains.chainOf(fence) === null) return records;
          return [yield* this.fillFenceInfo(fence), ...records.slice(1)];
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-023-fills-what-was-counted',
    mistake: 'leaves are remembered when they are counted, and borrowed until they are reported',
    breaks: ['SYNCFILE-023'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *fileInfo(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          this.leaves = [];
          const cursor = this.stack.unwrap.cursor();
          let leaf = yield* cursor.first(syncFile.carried);
          while (leaf !== null) {
            this.leaves.push(leaf);
            leaf = yield* cursor.next();
          }
          return yield* super.fileInfo(syncFile, argument);
        }

        private leaves: DmaFence[] = [];

        protected override *fillRecords(): KernelTask<readonly FenceInfo[]> {
          const records: FenceInfo[] = [];
          for (const leaf of this.leaves) records.push(yield* this.fillFenceInfo(leaf));
          for (const record of records) if (record.status > 0) record.timestampNs = 0;
          return records;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-023-tells-what-was-counted',
    mistake: 'the number that was counted is reported, and not how many leaves were found again',
    breaks: ['SYNCFILE-023'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        private counted = 0;

        protected override copyRecords(
          slots: FenceInfo[],
          records: readonly FenceInfo[],
          count: number,
        ): void {
          super.copyRecords(slots, records, count);
          this.counted = count;
        }

        override *fileInfo(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          const room = numberField(argument, 'num_fences');
          const result = yield* super.fileInfo(syncFile, argument);
          if (result === 0 && room > 0) argument.fields['num_fences'] = this.counted;
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'syncfile-020-short-form-looks-inside',
    mistake: 'the short form reports the error of a contained fence',
    breaks: ['SYNCFILE-020'],
    install: (types) => ({
      SyncFileIoctls: class extends types.SyncFileIoctls {
        override *fileInfo(syncFile: SyncFile, argument: UserPointer): KernelTask<number> {
          const result = yield* super.fileInfo(syncFile, argument);
          const chain = this.stack.chains.chainOf(syncFile.carried);
          if (result === 0 && chain !== null && numberField(argument, 'status') === 1) {
            argument.fields['status'] = yield* chain.fence.getStatus();
          }
          return result;
        }
      },
    }),
  }),
];
