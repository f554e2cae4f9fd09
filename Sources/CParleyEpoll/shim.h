// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

// Declared by the headers under _GNU_SOURCE only, which a module cannot ask for.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pthread_setname_np(pthread_t, const char *);

// A number with one C library, a pointer with another.
static inline unsigned long parley_current_thread(void) { return (unsigned long)pthread_self(); }

// A macro.
static inline int parley_errno(void) { return errno; }
