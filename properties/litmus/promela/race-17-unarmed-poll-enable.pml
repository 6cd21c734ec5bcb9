/* An array over one child that failed before: an unarmed poll against the enabling walk.
   ARRAY-013, ARRAY-015, ARRAY-017. The words are those of the array; the child has signaled with
   -EIO, so that looking at it is a step without effect. */
#define CALLBACK(me) skip
#define MARKER 1
#include "fence.h"

short pending = 1;
bool a;

inline record() { atomic { if :: error == MARKER -> error = EIO :: else fi } }
inline clear() { atomic { if :: error == MARKER -> error = 0 :: else fi } }

proctype A() {
  bool was, mine, has;
  short count, lost;
  has = signaled;
  if
  :: has -> a = true
  :: else ->
    count = pending;
    has = armed;
    if
    :: has && count > 0 -> a = false
    :: else -> clear(); signal(lost, 1, 1); a = true
    fi
  fi
}
proctype B() {
  bool was, mine, has, zero;
  short lost;
  take();
  atomic { was = armed; armed = true };
  has = signaled;
  if
  :: has -> skip
  :: else ->
    record();
    atomic { pending--; zero = (pending == 0) };
    clear();
    assert(zero);
    signalLocked(lost, 1, 2)
  fi;
  drop()
}

init {
  error = MARKER;
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step {
    printf("outcome A "); yesNo(a); printf(", a ");
    if
    :: error == 0 -> printf("1")
    :: else -> number(error)
    fi;
    printf("\n")
  }
}
