import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { SCENARIOS } from '../../model/rules/catalogue.ts';
import { withFault } from '../faults/fault.ts';
import { FAULTS } from '../faults/registry.ts';
import { heapSelftests } from './heap.ts';
import { udmabufSelftests } from './udmabuf.ts';

const ALL = [...heapSelftests(), ...udmabufSelftests()];

test('the list is the two sections of the specification', () => {
  const listed = SCENARIOS.map(({ id }) => id).filter((id) => /^ST-(HEAP|UDMABUF)-/.test(id));
  expect(ALL.map(({ id }) => id).toSorted()).toEqual(listed.toSorted());
});

test.each(ALL.map((one) => [one.id, one] as const))('%s passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});

test.each([
  ['heap-001-enoent', []],
  ['heap-009-keeps-the-buffer', []],
  ['heap-019-needs-reading', []],
  ['heap-010-dirty-reserved', ['ST-HEAP-02']],
  ['heap-004-whole-structure-only', ['ST-HEAP-03', 'ST-HEAP-04']],
  ['heap-004-reads-the-rest', ['ST-HEAP-03']],
  ['heap-007-ignored', ['ST-HEAP-05']],
  ['udmabuf-003-any-offset', ['ST-UDMABUF-01']],
  ['udmabuf-003-rounds-sizes', ['ST-UDMABUF-02']],
  ['udmabuf-006-any-seals', []],
  ['udmabuf-006-wants-grow', ['ST-UDMABUF-04', 'ST-UDMABUF-05', 'ST-UDMABUF-06']],
  ['udmabuf-010-reversed', ['ST-UDMABUF-05', 'ST-UDMABUF-06']],
  ['udmabuf-011-copies', ['ST-UDMABUF-05', 'ST-UDMABUF-06']],
])('%s fails what it breaks', (id, failing) => {
  const seeded = FAULTS.find((one) => one.id === id);
  if (seeded === undefined) throw new Error(`there is no fault ${id}`);
  const types = withFault(INTACT, seeded);
  const suite = [...heapSelftests({ types }), ...udmabufSelftests(types)];
  expect(suite.filter((one) => one.run().failure !== null).map((one) => one.id)).toEqual(failing);
});
