/* xwait.c: tells when the first top-level window of a real size is mapped
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prints "ready", and then for each such window CLOCK_MONOTONIC in ns and its size, until standard output is closed.
 */

#include <X11/Xlib.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#define MIN_SIZE 50             /* smaller ones belong to toolkits and input methods */

int
main (void)
{
  Display *display = XOpenDisplay (NULL);
  struct pollfd fds[2];

  if (display == NULL)
    return 1;
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);
  puts ("ready");
  fflush (stdout);
  fds[0] = (struct pollfd) { ConnectionNumber (display), POLLIN, 0 };
  fds[1] = (struct pollfd) { 1, 0, 0 };         /* POLLERR comes unasked, when the reader is gone */
  while ((fds[1].revents & (POLLERR | POLLHUP)) == 0)
    {
      while (XPending (display) > 0)
        {
          XWindowAttributes attributes;
          struct timespec now;
          XEvent event;

          XNextEvent (display, &event);
          if (event.type != MapNotify || event.xmap.override_redirect)
            continue;
          clock_gettime (CLOCK_MONOTONIC, &now);
          if (XGetWindowAttributes (display, event.xmap.window, &attributes) == 0 || attributes.class == InputOnly ||
              attributes.width < MIN_SIZE || attributes.height < MIN_SIZE)
            continue;
          printf ("%lld %dx%d\n", now.tv_sec * 1000000000LL + now.tv_nsec, attributes.width, attributes.height);
          fflush (stdout);
        }
      poll (fds, 2, -1);
    }
  return 0;
}
