/* Two polls of a fence whose hardware is returned; the callback takes a step to return. FENCE-053. */
#define CALLBACK(me) atomic { calls++; caller = me }; returned = true
#include "fence.h"

bool a, b, hardware = true, sawDone;

inline poll(ret, me) {
  has = signaled;
  if
  :: has -> ret = true
  :: else ->
    has = hardware;
    if
    :: has -> signal(lost, 1, me); ret = true
    :: else -> ret = false
    fi
  fi
}

proctype A() { bool was, mine, has; short lost; poll(a, 1) }
proctype B() { bool was, mine, has; short lost; poll(b, 2); sawDone = returned }

init {
  linked = true;
  atomic { run A(); run B() };
  (_nr_pr == 1);
  assert(calls == 1);
  d_step {
    printf("outcome A "); yesNo(a); printf("; B "); yesNo(b);
    if
    :: sawDone -> printf(" done")
    :: else -> printf(" late")
    fi;
    printf(", cb "); task(caller); printf("\n")
  }
}
