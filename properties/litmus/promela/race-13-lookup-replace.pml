/* A lookup under RCU against a new publication that drops the old fence; FENCE-010, FENCE-011.
   Fences are numbers: 1 is f, 2 is g. Each starts with the reference of its owner. */
byte slot = 1;
byte count[3] = 1;
byte found, saw, tries, missed;

inline put(fence) { atomic { assert(count[fence] > 0); count[fence]-- } }

proctype A() {
  byte fence, again;
  bool taken;
  do
  :: fence = slot;
    atomic {
      taken = (count[fence] > 0);
      tries++;
      if
      :: taken -> count[fence]++
      :: else -> missed++
      fi
    };
    if
    :: taken ->
      again = slot;
      if
      :: again == fence -> found = fence; break
      :: else -> put(fence)
      fi
    :: else
    fi
  od
}
proctype B() { saw = count[1]; slot = 2; put(1) }

init {
  atomic { run A(); run B() };
  (_nr_pr == 1);
  d_step {
    printf("outcome A ");
    if
    :: found == 1 -> printf("f")
    :: else -> printf("g")
    fi;
    printf("; B %d, tries %d missed %d\n", saw, tries, missed)
  }
}
