import { expect, test } from 'vitest';
import { both, survivors, unbound, without } from '../mutants.ts';
import { dmaPages } from './dma-pages.ts';

test('each property of pages under a device can be broken', () => {
  expect(
    survivors(dmaPages({ tasks: 3, pages: 2 }), {
      always: {
        'HW-MEM-002': unbound('task.give', 'page', 'line'),
        // It does not wait for the device.
        'HW-MEM-005': both(unbound('task.done', 'completion'), unbound('task.unmap', 'page')),
        // An order overtakes the last access.
        'HW-IOMMU-005': unbound('iommu.invalidate', 'device'),
        // It does not wait for the order.
        'HW-IOMMU-006': unbound('task.flushed', 'iommu'),
        'HW-CACHE-005': unbound('task.isClean', 'line'),
        // What was fetched during the job stays.
        'HW-CACHE-006': unbound('task.hasForgotten', 'line'),
      },
      deadlock: without('iommu.isMiss', 'cache.fetch'),
      sometimes: {
        'HW-IOMMU-005': without('device.readAhead.hit', 'device.readAhead.hit.stale'),
        'HW-IOMMU-004': without('task.invalidate'),
        'HW-CACHE-002': without('cache.writeBack'),
        'HW-CACHE-005': unbound('device.write.isClean', 'old'),
        'HW-MEM-002': without('task.give'),
      },
      eventually: { 'HW-IOMMU-006': without('device.fill') },
    }),
  ).toEqual([]);
});
