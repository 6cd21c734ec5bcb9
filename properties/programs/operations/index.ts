/** Loading this file defines every operation that programs can use. */
import './array.ts';
import './fence-life.ts';
import './fence-locked.ts';
import './fence-null.ts';
import './fence-order.ts';
import './fence-points.ts';
import './fence-signal.ts';
import './fence-waits.ts';
import './fence.ts';
import './inspect.ts';
import './lockless.ts';
import './probe.ts';
import './resv.ts';
import './slot.ts';
import './sync-file.ts';
import './task.ts';
import './unwrap.ts';
