/* The words of one fence, its lock, and one callback node. Every statement outside `atomic` is a
   step of its own: between any two of them the other process may run (specification, section 8).
   Set CALLBACK(me), what the callback does, before this is included.
   Processes declare `bool was, mine, has` for the inlines that they use. */
#define EINVAL (-22)
#define ENOENT (-2)
#define EIO (-5)

bool locked, signaled, stamped, armed;
short stamp, error;
/* The node is on the list; how often its function was called, and by whom; it has returned. */
bool linked, returned;
byte calls, caller;
byte opCalls;

inline take() { atomic { !locked -> locked = true } }
inline drop() { locked = false }

/* RACE-01, with the lock held; the list is detached in the step that sets SIGNALED. */
inline signalLocked(ret, when, me) {
  atomic {
    was = signaled;
    signaled = true;
    if
    :: !was -> mine = linked; linked = false
    :: else
    fi
  };
  if
  :: was -> ret = EINVAL
  :: else ->
    stamp = when;
    stamped = true;
    if
    :: mine -> CALLBACK(me)
    :: else
    fi;
    ret = 0
  fi
}

inline signal(ret, when, me) {
  take();
  signalLocked(ret, when, me);
  drop()
}

/* RACE-11, with the lock held; ARM is what `enable_signaling` does, when there is one. */
#ifndef ARM
#define ARM skip
#endif
inline enableLocked() {
  atomic { was = armed; armed = true };
  has = signaled;
  if
  :: !has && !was -> ARM
  :: else
  fi
}

/* RACE-02 */
inline addCallback(ret) {
  has = signaled;
  if
  :: has -> ret = ENOENT
  :: else ->
    take();
    enableLocked();
    if
    :: has -> ret = ENOENT
    :: else -> linked = true; ret = 0
    fi;
    drop()
  fi
}

/* RACE-03 */
inline removeCallback(ret) {
  take();
  atomic { ret = linked; linked = false };
  drop()
}

/* A number as the litmus programs print it; only inside d_step. */
inline number(value) {
  if
  :: value == EINVAL -> printf("-EINVAL")
  :: value == ENOENT -> printf("-ENOENT")
  :: value == EIO -> printf("-EIO")
  :: else -> printf("%d", value)
  fi
}

/* The task that did something; only inside d_step. */
inline task(value) {
  if
  :: value == 1 -> printf("A")
  :: value == 2 -> printf("B")
  :: else -> printf("never")
  fi
}

inline yesNo(value) {
  if
  :: value -> printf("true")
  :: else -> printf("false")
  fi
}
