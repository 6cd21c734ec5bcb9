import { expect, test } from 'vitest';

import { keptOf } from './exported.ts';
import { MERMAID } from './mermaid.ts';

test('tells a race as its lanes do', () => {
  const lines = MERMAID.write(keptOf('golden/race')).split('\n  ');
  expect(lines.slice(0, 7)).toEqual([
    'sequenceDiagram',
    'participant L0 as A',
    'participant L1 as B',
    'Note over L0: fence.addCallback(f1, cb1)',
    'L0->>L0: 1 test f1.flags',
    'Note over L0: preempted by B',
    'Note over L1: fence.signal(f1)',
  ]);
  expect(lines[7]).toBe(
    'L1->>L1: 2 spin_lock f1.issuer.lock<br/>f1.lock free → B<br/>the deciding choice',
  );
});
