/* machine.c: a machine whose clock jumps and whose disk fails, for a program that loads this first
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LD_PRELOAD=libchat-machine.so CHAT_TEST_MACHINE=FILE PROGRAM: what FILE holds is obeyed from then on, whenever another program writes it
 * anew: how far the clock of the day is ahead (µs), then the errors that writing to files, getting them on the disk, and reading them
 * fail with (0: they do not). The monotonic clock is left alone, as a machine leaves it.
 */

/* Both names of what reads and writes at a place are ours, and not one for the other */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  volatile int64_t ahead;
  volatile int32_t write_error;
  volatile int32_t sync_error;
  volatile int32_t read_error;
} Machine;

static Machine healthy;
static Machine *machine = &healthy;

__attribute__ ((constructor)) static void
set_up (void)
{
  const char *path = getenv ("CHAT_TEST_MACHINE");
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void *memory = fd >= 0 ? mmap (NULL, sizeof (Machine), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

  if (memory != MAP_FAILED)
    machine = memory;
  if (fd >= 0)
    close (fd);
}

/* The next function of that name; once for each, which is cheap enough to do from several threads at once */
#define NEXT(type, name)                                \
  static type next;                                     \
                                                        \
  if (next == NULL)                                     \
    next = (type) dlsym (RTLD_NEXT, name)

/* The clock */

typedef int (*ClockGetTime) (clockid_t, struct timespec *);
typedef int (*GetTimeOfDay) (struct timeval *, void *);

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  NEXT (ClockGetTime, "clock_gettime");
  int result = next (clock, now);

  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += machine->ahead / 1000000;
  return result;
}

int
gettimeofday (struct timeval *restrict now, void *restrict zone)
{
  NEXT (GetTimeOfDay, "gettimeofday");
  int result = next (now, zone);

  if (result == 0)
    now->tv_sec += machine->ahead / 1000000;
  return result;
}

time_t
time (time_t *result)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (result != NULL)
    *result = now.tv_sec;
  return now.tv_sec;
}

/* The disk: files alone. Sockets and pipes are neither read nor written at a place */

typedef ssize_t (*PWrite) (int, const void *, size_t, off_t);
typedef ssize_t (*PWrite64) (int, const void *, size_t, off64_t);
typedef ssize_t (*PRead) (int, void *, size_t, off_t);
typedef ssize_t (*PRead64) (int, void *, size_t, off64_t);
typedef int (*Sync) (int);
typedef int (*Truncate) (int, off64_t);

#define FAIL_WITH(error)                                \
  do                                                    \
    {                                                   \
      int code = (error);                               \
                                                        \
      if (code != 0)                                    \
        {                                               \
          errno = code;                                 \
          return -1;                                    \
        }                                               \
    }                                                   \
  while (0)

ssize_t
pwrite (int fd, const void *bytes, size_t length, off_t at)
{
  NEXT (PWrite, "pwrite");
  FAIL_WITH (machine->write_error);
  return next (fd, bytes, length, at);
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t length, off64_t at)
{
  NEXT (PWrite64, "pwrite64");
  FAIL_WITH (machine->write_error);
  return next (fd, bytes, length, at);
}

ssize_t
pread (int fd, void *bytes, size_t length, off_t at)
{
  NEXT (PRead, "pread");
  FAIL_WITH (machine->read_error);
  return next (fd, bytes, length, at);
}

ssize_t
pread64 (int fd, void *bytes, size_t length, off64_t at)
{
  NEXT (PRead64, "pread64");
  FAIL_WITH (machine->read_error);
  return next (fd, bytes, length, at);
}

int
fdatasync (int fd)
{
  NEXT (Sync, "fdatasync");
  FAIL_WITH (machine->sync_error);
  return next (fd);
}

int
fsync (int fd)
{
  NEXT (Sync, "fsync");
  FAIL_WITH (machine->sync_error);
  return next (fd);
}

int
ftruncate64 (int fd, off64_t length)
{
  NEXT (Truncate, "ftruncate64");
  FAIL_WITH (machine->write_error);
  return next (fd, length);
}
