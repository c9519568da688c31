# What a program may not do, and which signal or error it gets for it: tests/hostile. Each is tried
# in a process of its own, once with a handler and once without.
hostile faults privileged

hostile faults traps

hostile faults memory

hostile pointers 0 8

hostile pointers 1 8

hostile pointers 2 8

hostile pointers 3 8

hostile pointers 4 8

hostile pointers 5 8

hostile pointers 6 8

hostile pointers 7 8
