/** Loading this file defines every operation that programs can use. */
import './fence.ts';
import './fence-locked.ts';
import './fence-order.ts';
import './fence-waits.ts';
import './task.ts';
