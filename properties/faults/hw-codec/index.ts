import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Vb2Buffer } from '../../../impl/media/vb2-buffer.ts';
import { tokenOf, partsOf, type Token } from '../../../impl/hw/token.ts';
import { type Fault, fault } from '../fault.ts';
import { devices } from '../hw-gpu/engine.ts';

/** Mistakes of a codec itself. */
const CODEC_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-codec-001-believes-all',
    mistake: 'what makes no sense is left out',
    breaks: ['HW-CODEC-001'],
    install: (types) =>
      devices(types, ({ Codec }) => ({
        Codec: class extends Codec {
          protected override makesSense(): boolean {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-001-needs-no-note',
    mistake: 'a job that is done makes the codec idle by itself',
    breaks: ['HW-CODEC-001'],
    install: (types) =>
      devices(types, ({ Codec }) => ({
        Codec: class extends Codec {
          protected override *raise(): KernelTask<void> {
            yield* super.raise();
            this.acknowledge();
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-001-no-origin',
    mistake: 'pictures do not say which frame of the stream they are',
    breaks: ['HW-CODEC-001'],
    install: (types) =>
      devices(types, ({ Codec }) => ({
        Codec: class extends Codec {
          protected override picture(): Token[] {
            return super.picture().map((token) => {
              const parts = partsOf(token);
              return parts === null ? token : tokenOf({ ...parts, frame: 0 });
            });
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-002-reads-once',
    mistake: 'references are read for the first page only',
    breaks: ['HW-CODEC-002'],
    install: (types) =>
      devices(types, ({ Codec }) => ({
        Codec: class extends Codec {
          private readonly first: (number | null)[] = [];

          protected override *readReference(): KernelTask<void> {
            yield* super.readReference();
            if (this.page === 0) this.first.splice(0, Infinity, ...this.referenced);
            else this.referenced.splice(0, Infinity, ...this.first);
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-005-not-noted',
    mistake: 'nobody notes that a job writes what it reads',
    breaks: ['HW-CODEC-005'],
    install: (types) =>
      devices(types, ({ VideoBus }) => ({
        VideoBus: class extends VideoBus {
          override overlaps(): void {}
        },
      })),
  }),
];

/** Mistakes of whoever drives one. */
const DRIVER_FAULTS: readonly Fault[] = [
  fault({
    id: 'hw-codec-002-overwrites',
    mistake: 'a picture that the next one refers to is overwritten as soon as it is queued again',
    breaks: ['HW-CODEC-002'],
    install: (types) =>
      devices(types, ({ CodecPictures }) => ({
        CodecPictures: class extends CodecPictures {
          protected override mayBeOverwritten(): boolean {
            return true;
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-003-as-decoded',
    mistake: 'pictures are given out in the order in which they were made',
    breaks: ['HW-CODEC-003'],
    install: (types) =>
      devices(types, ({ CodecPictures }) => ({
        CodecPictures: class extends CodecPictures {
          protected override nextShown(): Vb2Buffer | null {
            return this.kept.at(0);
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-003-no-end',
    mistake: 'the last picture is not marked',
    breaks: ['HW-CODEC-003'],
    install: (types) =>
      devices(types, ({ CodecPictures }) => ({
        CodecPictures: class extends CodecPictures {
          protected override isEnd(): boolean {
            return false;
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-004-no-watchdog',
    mistake: 'nobody looks when a job takes too long',
    breaks: ['HW-CODEC-004'],
    install: (types) =>
      devices(types, ({ CodecDriver }) => ({
        CodecDriver: class extends CodecDriver {
          protected override *timedOut(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-codec-004-no-error',
    mistake: 'a job that has failed is taken for one that is done',
    breaks: ['HW-CODEC-004'],
    install: (types) =>
      devices(types, ({ CodecDriver }) => ({
        CodecDriver: class extends CodecDriver {
          protected override resultOf(): 'done' {
            return 'done';
          }
        },
      })),
  }),
  fault({
    id: 'hw-codec-004-forgets-reset',
    mistake: 'after a hang the next job is given to a codec that was not reset',
    breaks: ['HW-CODEC-004'],
    install: (types) =>
      devices(types, ({ CodecDriver }) => ({
        CodecDriver: class extends CodecDriver {
          protected override *reset(): KernelTask<void> {}
        },
      })),
  }),
  fault({
    id: 'hw-codec-005-takes-it',
    mistake: 'one buffer may be on both sides',
    breaks: ['HW-CODEC-005'],
    install: (types) =>
      devices(types, ({ CodecDriver }) => ({
        CodecDriver: class extends CodecDriver {
          protected override isOnOtherSide(): boolean {
            return false;
          }
        },
      })),
  }),
];

/** Mistakes of a codec, and of its driver. */
export const HW_CODEC_FAULTS: readonly Fault[] = [...CODEC_FAULTS, ...DRIVER_FAULTS];
