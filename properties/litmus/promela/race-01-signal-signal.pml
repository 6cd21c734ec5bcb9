/* Two signallers with times of their own; FENCE-027, FENCE-039. */
#define CALLBACK(me) atomic { calls++; caller = me }
#include "fence.h"

short a, b;

proctype A() { bool was, mine; signal(a, 5, 1) }
proctype B() { bool was, mine; signal(b, 7, 2) }

init {
  linked = true;
  atomic { run A(); run B() };
  (_nr_pr == 1);
  assert(calls == 1);
  d_step {
    printf("outcome A "); number(a); printf("; B "); number(b);
    printf(", f at %d, cb ", stamp); task(caller); printf("\n")
  }
}
