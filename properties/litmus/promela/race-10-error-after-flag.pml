/* The issuer stores an error, then signals; a reader of SIGNALED, then of the error. FENCE-030. */
#define CALLBACK(me) skip
#include "fence.h"

short a, sawError;
bool sawFlag;

proctype A() {
  bool was, mine, has;
  has = signaled;
  error = EIO;
  signal(a, 1, 1)
}
proctype B() { sawFlag = signaled; sawError = error }

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step { printf("outcome A "); number(a); printf("; B %d %d\n", sawFlag, sawError) }
}
