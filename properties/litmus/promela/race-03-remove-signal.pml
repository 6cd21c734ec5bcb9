/* Removing against signalling; a callback takes a step to return. FENCE-047, FENCE-048. */
#define CALLBACK(me) calls++; returned = true
#include "fence.h"

short a;
bool b, sawDone;

proctype A() { bool was, mine; signal(a, 1, 1) }
proctype B() { removeCallback(b); sawDone = returned }

init {
  linked = true;
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step {
    printf("outcome A "); number(a); printf("; B "); yesNo(b);
    if
    :: sawDone -> printf(" done")
    :: else -> printf(" late")
    fi;
    printf(", cb %d\n", calls)
  }
}
