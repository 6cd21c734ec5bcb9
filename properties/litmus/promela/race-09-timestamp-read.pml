/* The time of a fence that may be pending; a callback takes a step to return. FENCE-060. */
#define CALLBACK(me) calls++; returned = true
#define NOW 1000000000
#include "fence.h"

short a;
int b;
bool sawDone;
byte warns;

proctype A() { bool was, mine; signal(a, 5, 1) }
proctype B() {
  bool has;
  has = signaled;
  if
  :: !has -> warns++; b = NOW
  :: else -> stamped; b = stamp
  fi;
  sawDone = returned
}

init {
  linked = true;
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step {
    printf("outcome A "); number(a); printf("; B %d", b);
    if
    :: sawDone -> printf(" done")
    :: else -> printf(" late")
    fi;
    printf(", warns %d\n", warns)
  }
}
