/** Loading this file defines every operation that programs can use. */
import './fence.ts';
import './task.ts';
