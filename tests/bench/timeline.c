/* timeline.c: what opening a room of many messages and scrolling in it cost the app
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sys/resource.h>

#include "bench-source.h"
#include "chat-timeline.h"

#define N_MESSAGES 100000
#define STEP_PX 40
#define N_STEPS 400
#define WIDTH 700
#define HEIGHT 640
