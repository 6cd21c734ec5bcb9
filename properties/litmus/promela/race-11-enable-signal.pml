/* Arming against signalling; FENCE-017, FENCE-051, FENCE-052. */
#define CALLBACK(me) skip
#define ARM opCalls++
#include "fence.h"

short b;

proctype A() { bool was, has; take(); enableLocked(); drop() }
proctype B() { bool was, mine; signal(b, 1, 2) }

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  assert(armed);
  d_step { printf("outcome B "); number(b); printf(", f armed, op %d\n", opCalls) }
}
