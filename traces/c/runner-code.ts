/** Runs the calls in threads, again and again, each time in a process of its own, and compares. */
export const RUNNER_CODE: string = String.raw`
enum { WAITS = 0, BEGUN = 1, ENDED = 2 };

struct seen {
  _Atomic int state;
  _Atomic int thread;
  char result[RESULT_SIZE];
};

/* Both survive the process that runs the calls. */
static struct seen *seen;
static _Atomic int *turns_lost;

static void pause_ms(long count)
{
  struct timespec pause = { count / 1000, count % 1000 * 1000000 };
  nanosleep(&pause, NULL);
}

/* A thread of this process sleeps in the kernel. */
static int is_asleep(int thread)
{
  char path[64], text[256] = "";
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return 1;
  size_t got = fread(text, 1, sizeof(text) - 1, file);
  fclose(file);
  text[got] = '\0';
  const char *end = strrchr(text, ')');
  return end == NULL || end[1] == '\0' || end[2] == 'S' || end[2] == 'D';
}

/* Waits until the order of the trace lets a call begin; not for ever, since kernels differ. */
static void await_turn(int call)
{
  for (size_t i = 0; i < sizeof(ORDERS) / sizeof(*ORDERS); i++) {
    if (ORDERS[i].later != call)
      continue;
    struct seen *earlier = &seen[ORDERS[i].earlier];
    for (int spins = 0; earlier->state < ORDERS[i].state; spins++) {
      if (spins == ORDER_SPINS) {
        ++*turns_lost;
        break;
      }
      if (spins < 20000)
        sched_yield();
      else
        pause_ms(1);
    }
    for (int waited = 0; ORDERS[i].sleeps && waited < 50; waited++) {
      if (earlier->state == ENDED || is_asleep(earlier->thread))
        break;
      pause_ms(1);
    }
  }
}

/* Of the run, so that calls that overlap meet in another way each time. */
static unsigned run_number;

static void jitter(int call)
{
  for (size_t i = 0; i < sizeof(ORDERS) / sizeof(*ORDERS); i++) {
    if (ORDERS[i].state != BEGUN || ORDERS[i].sleeps)
      continue;
    if (ORDERS[i].later != call && ORDERS[i].earlier != call)
      continue;
    unsigned spins = (run_number * 2654435761u + (unsigned)call * 40503u) >> 7 & 4095;
    for (volatile unsigned spin = 0; spin < spins; spin++)
      ;
    return;
  }
}

static void make(int call)
{
  char result[RESULT_SIZE] = "";
  await_turn(call);
  seen[call].thread = (int)syscall(SYS_gettid);
  seen[call].state = BEGUN;
  jitter(call);
  CALLS[call].make(result);
  memcpy(seen[call].result, result, sizeof(result));
  seen[call].state = ENDED;
}

static void *run_lane(void *lane_of_calls)
{
  const struct lane *lane = lane_of_calls;
  for (int i = 0; i < lane->count; i++)
    make(lane->first + i);
  return NULL;
}

static void run_all(void)
{
  pthread_t threads[LANES_MAX];
  prctl(PR_SET_NAME, "init");
  run_lane((void *)&SETUP);
  for (int i = 0; i < LANE_COUNT; i++) {
    if (pthread_create(&threads[i], NULL, run_lane, (void *)&LANES[i]) != 0)
      skip("pthread_create");
  }
  for (int i = 0; i < LANE_COUNT; i++)
    pthread_join(threads[i], NULL);
  run_lane((void *)&TEARDOWN);
}

enum ending { HANGS, KILLED, FINISHED };

/* One run in a process of its own. */
static enum ending run_once(long seconds)
{
  memset(seen, 0, sizeof(*seen) * CALL_COUNT);
  *turns_lost = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0)
    skip("fork");
  if (child == 0) {
    run_all();
    _exit(0);
  }
  int status = 0;
  for (long waited = -1000; waited < seconds * 1000; waited++) {
    if (waitpid(child, &status, WNOHANG) == child) {
      if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
        exit(SKIPPED);
      return WIFEXITED(status) ? FINISHED : KILLED;
    }
    if (waited < 0)
      sched_yield();
    else
      pause_ms(1);
  }
  kill(child, SIGKILL);
  for (int waited = 0; waited < 2000 && waitpid(child, &status, WNOHANG) != child; waited++)
    pause_ms(1);
  return HANGS;
}

static const char *observed(int call)
{
  return seen[call].state == ENDED ? seen[call].result
         : seen[call].state == BEGUN ? "does not return" : "never begins";
}

/* NULL: nobody knows what to expect. */
static int is_as(int call, const char *pattern)
{
  return pattern == NULL || fnmatch(pattern, observed(call), 0) == 0;
}

static int is_as_traced(void)
{
  for (int i = 0; i < CALL_COUNT; i++) {
    if (!is_as(i, CALLS[i].traced))
      return 0;
  }
  return 1;
}

/* All results together are those of some run in which nothing was wrong. */
static int is_right(void)
{
  for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
    int call = 0;
    while (call < CALL_COUNT && is_as(call, OUTCOMES[outcome][call]))
      call++;
    if (call == CALL_COUNT)
      return 1;
  }
  return 0;
}

static long taint(void)
{
  long bits = -1;
  FILE *file = fopen("/proc/sys/kernel/tainted", "r");
  if (file != NULL) {
    if (fscanf(file, "%ld", &bits) != 1)
      bits = -1;
    fclose(file);
  }
  return bits;
}

static void print_run(long run)
{
  printf("run %ld\n", run);
  for (int i = 0; i < CALL_COUNT; i++) {
    const char *expected = CALLS[i].expected, *traced = CALLS[i].traced;
    const char *mark = is_as(i, expected) ? " " : is_as(i, traced) ? "!" : "?";
    printf("%s %-8s %s\n", mark, CALLS[i].task, CALLS[i].text);
    printf("             observed %s", observed(i));
    if (expected != NULL && !is_as(i, expected))
      printf(", expected %s", expected);
    if (traced != NULL && (expected == NULL || strcmp(expected, traced) != 0))
      printf(", in the trace %s", traced);
    printf("\n");
  }
}

static long option(int count, char **words, const char *name, long otherwise)
{
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], name) != 0)
      continue;
    char *end = NULL;
    long value = i + 1 < count ? strtol(words[i + 1], &end, 10) : 0;
    if (value <= 0 || *end != '\0') {
      fprintf(stderr, "%s: expected a number above 0\n", name);
      exit(WRONG_USE);
    }
    return value;
  }
  return otherwise;
}

static int has_flag(int count, char **words, const char *name)
{
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], name) == 0)
      return 1;
  }
  return 0;
}

int main(int count, char **words)
{
  long runs = option(count, words, "--runs", RUNS), seconds = option(count, words, "--seconds", 30);
  if (IS_DANGEROUS && !has_flag(count, words, "--yes")) {
    printf("On a kernel with this defect the calls below can crash or hang the machine.\n"
           "Run this in a machine that may be lost: %s --yes [--runs N] [--seconds N]\n", words[0]);
    return WRONG_USE;
  }
  seen = mmap(NULL, sizeof(*seen) * (CALL_COUNT + 1) + sizeof(*turns_lost), PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (seen == MAP_FAILED)
    skip("mmap");
  turns_lost = (_Atomic int *)&seen[CALL_COUNT + 1];
  long traced = 0, right = 0, other = 0, unordered = 0, before = taint();
  for (long run = 1; run <= runs; run++) {
    run_number = (unsigned)run;
    enum ending ending = run_once(seconds);
    int is_fine = ending == FINISHED && is_right(), is_traced = ending != KILLED && is_as_traced();
    int is_ordered = *turns_lost == 0;
    if (run == 1 || (is_ordered && is_traced && !is_fine && traced == 0) || ending != FINISHED)
      print_run(run);
    if (ending == KILLED)
      printf("the program itself was ended by a signal\n");
    if (!is_ordered)
      unordered++;
    else if (is_fine)
      right++;
    else if (is_traced)
      traced++;
    else
      other++;
    if (ending != FINISHED)
      break;
  }
  long after = taint();
  printf("as the rules demand: %ld, as in the trace: %ld, otherwise: %ld\n", right, traced, other);
  if (unordered > 0)
    printf("not in the order of the trace: %ld\n", unordered);
  if (before >= 0 && after >= 0 && before != after)
    printf("the kernel has complained: its taint was %ld and is %ld; see its log\n", before, after);
  if (RESULTS_TELL == 0)
    printf("results do not show this defect: the log of the kernel does\n");
  return traced > 0 || (before >= 0 && before != after) ? 1 : other + unordered > 0 ? 2 : 0;
}
`;
