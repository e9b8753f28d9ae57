/*
 * To be loaded before the C library (LD_PRELOAD): the time of day is off by as much as the file says
 * whose name is in STEPPED_CLOCK, 8 bytes of nanoseconds in the machine's order. The clocks that
 * only go forward are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

typedef int get_time(clockid_t, struct timespec *);

static const volatile int64_t *offset;
static get_time *real;

__attribute__((constructor)) static void begin(void) {
  const char *name = getenv("STEPPED_CLOCK");
  int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
  offset = page == MAP_FAILED ? NULL : page;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (real == NULL) {
    real = (get_time *) dlsym(RTLD_NEXT, "clock_gettime");
  }
  int outcome = real(clock, now);
  if (outcome == 0 && clock == CLOCK_REALTIME && offset != NULL) {
    int64_t nanos = now->tv_sec * SECOND + now->tv_nsec + *offset;
    now->tv_sec = nanos / SECOND;
    now->tv_nsec = nanos % SECOND;
  }
  return outcome;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec time;
  int outcome = clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  (void) zone;
  return outcome;
}

time_t time(time_t *now) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (now != NULL) {
    *now = time.tv_sec;
  }
  return time.tv_sec;
}
