/* Sleeping until the fence signals. FENCE-072: a lost wake-up would be an invalid end state. */
#define CALLBACK(me) asleep = false
bool asleep;
#include "fence.h"

short a = 1, b;

proctype A() {
  bool was, has;
  take();
  enableLocked();
  drop();
  take();
  has = signaled;
  if
  :: has -> drop()
  :: else ->
    linked = true;
    do
    :: has = signaled;
      if
      :: has -> break
      :: else
      fi;
      asleep = true;
      drop();
      !asleep;
      take()
    od;
    linked = false;
    asleep = false;
    drop()
  fi;
  a = 0
}
proctype B() { bool was, mine; signal(b, 1, 2) }

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step { printf("outcome A "); number(a); printf("; B "); number(b); printf("\n") }
}
