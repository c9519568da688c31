# Corner cases of system calls, each group by a section of tests/corners.
corners access

corners sticky

corners times

corners statx

corners statfs

corners locks

corners duplicates

corners descriptor-limits

corners close-range

corners fcntl

corners open

corners path-only

corners unnamed

corners over-exec

corners poll

corners select

corners lseek

corners holes

corners fallocate

corners truncate

corners vectors

corners getdents

corners telldir

corners mmap

corners mprotect

corners mremap

corners madvise

corners mapped-files

corners shared

corners brk

corners rename

corners link

corners remove

corners directory

corners mode

corners identities

corners groups

corners exec

corners prctl

corners limits

corners clone

corners futex

corners priorities

corners policies

corners affinity

corners capabilities

corners sigaction

corners sigqueue

corners interruptions

corners sigaltstack

corners waiting

corners parents

corners editing

corners terminal-output

corners raw

corners tty-requests

#excused: terminals have no packet mode
corners packets

corners hang-up

corners sessions

corners clocks

corners sleeping

corners interval-timers

corners timers

corners pipe

corners pipe-size

corners fifo

corners sendfile

corners copy-range

corners splice

corners atomic-writes

corners eventfd

corners timerfd

corners trace-looking

corners trace-attaching

corners trace-ends

corners trace-memory
