import { chainSelftests } from './chain.ts';
import { fenceSelftests } from './fence.ts';
import { resvSelftests } from './resv.ts';
import { heapSelftests } from './heap.ts';
import type { Selftest } from './selftest.ts';
import { STRESS_SCALE, syncSelftests } from './sync.ts';
import { udmabufSelftests } from './udmabuf.ts';
import { unwrapSelftests } from './unwrap.ts';
import { wwApiSelftests } from './ww-api.ts';
import { wwSelftests } from './ww.ts';

/** The kernel's own suites; `isFull` runs stress scenarios at the size of the original. */
export function allSelftests(isFull: boolean): readonly Selftest[] {
  return [
    ...fenceSelftests(),
    ...chainSelftests({ isFull }),
    ...unwrapSelftests(),
    ...resvSelftests(),
    ...syncSelftests({ scale: isFull ? 1 : STRESS_SCALE }),
    ...wwSelftests({ isFull }),
    ...wwApiSelftests(),
    ...heapSelftests({ isFull }),
    ...udmabufSelftests(),
  ];
}
