/* A reader of SIGNALED, then of the time itself; FENCE-029, FENCE-031. */
#define CALLBACK(me) skip
#include "fence.h"

short a;
bool sawFlag, sawTime;

proctype A() { bool was, mine; signal(a, 1, 1) }
proctype B() { sawFlag = signaled; sawTime = (stamp != 0) }

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step { printf("outcome A "); number(a); printf("; B %d %d\n", sawFlag, sawTime) }
}
