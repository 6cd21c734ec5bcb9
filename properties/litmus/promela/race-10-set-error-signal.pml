/* An error that is stored without a lock, against signal and status; FENCE-058, FENCE-059. */
#define CALLBACK(me) skip
#include "fence.h"

short b, status;
byte warns;

proctype A() {
  bool has;
  has = signaled;
  if
  :: has -> warns++
  :: else
  fi;
  error = EIO
}
proctype B() {
  bool was, mine, has;
  signal(b, 1, 2);
  take();
  has = signaled;
  if
  :: has -> status = error; if :: status == 0 -> status = 1 :: else fi
  :: else -> status = 0
  fi;
  drop()
}

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step {
    printf("outcome B "); number(b); printf(" "); number(status);
    printf(", f "); number(error); printf(", warns %d\n", warns)
  }
}
