/* Adding against signalling; FENCE-042, FENCE-043, FENCE-046. */
#define CALLBACK(me) calls++
#include "fence.h"

short a, b;

proctype A() { bool was, has; addCallback(a) }
proctype B() { bool was, mine; signal(b, 1, 2) }

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step {
    printf("outcome A "); number(a); printf("; B "); number(b); printf(", cb %d, f ", calls);
    if
    :: armed -> printf("armed")
    :: else -> printf("unarmed")
    fi;
    printf("\n")
  }
}
