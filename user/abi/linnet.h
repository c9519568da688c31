/* The core of Linnet's user library, for every language that can call C: C, C++, assembly, Rust without std.
 *
 * Numbers and structures are those of Linux on x86-64, so each program runs there, too. Functions that return `long`
 * return a negated errno (-4095 to -1) when they fail; nothing here has a variable errno. Unless said otherwise, all
 * may be called by any thread at any time, and pointers are borrowed for the length of the call. */
#ifndef LINNET_H
#define LINNET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define LINNET_NORETURN [[noreturn]]
extern "C" {
#else
#define LINNET_NORETURN _Noreturn
#endif

/* The system call `number`; arguments that it does not have are ignored. */
long linnet_syscall(long number, long a, long b, long c, long d, long e, long f);

/* What the process was started with; set by crt0 before anything else runs, and NULL without crt0. The arrays end
 * with NULL, and live as long as the process. */
struct linnet_process {
    long argument_count;
    char** arguments;
    char** environment;
    uint64_t const* auxiliary; /* pairs of type and value, up to type 0 */
};
extern struct linnet_process linnet_process;

/* Ends the process with the lowest 8 bits of `status`: first the functions of linnet_at_exit() and destructors of
 * static objects, last registered first, then .fini_array. */
LINNET_NORETURN void linnet_exit(int status);
/* Ends the process at once; nothing else runs. */
LINNET_NORETURN void linnet_exit_now(int status);
/* Ends the process by SIGABRT; nothing else runs. */
LINNET_NORETURN void linnet_abort(void);
/* Writes "PROGRAM: panic: WHAT" to standard error and aborts. */
LINNET_NORETURN void linnet_panic(char const* what, size_t length);
/* Registers a function for linnet_exit(); -ENOMEM when there is no memory to note it in. */
long linnet_at_exit(void (*function)(void*), void* argument);

/* The heap. `alignment` is a power of two, at least 16 is given. NULL when memory is refused. Freed memory goes back to
 * the kernel when a 64 KiB block of it is free, or at once for blocks above 16 KiB. A block that linnet_free() does not
 * know, or that is freed twice in a row, is a panic where it is noticed. */
void* linnet_allocate(size_t size, size_t alignment);
/* Keeps the first min(old, new) bytes, at an address with an alignment of 16. NULL leaves the block as it was. */
void* linnet_reallocate(void* block, size_t size);
void linnet_free(void* block);

/* Files. `path` ends with a zero byte; `flags` are Linux's O_*. */
long linnet_open(char const* path, int flags, int mode);
long linnet_close(int fd);
long linnet_read(int fd, void* into, size_t size);
/* May write less than `size`, as write(2). */
long linnet_write(int fd, void const* from, size_t size);
/* Writes all; 0 or an error. */
long linnet_write_all(int fd, void const* from, size_t size);

/* A child process that runs the program at `path`, with fds[0..2] as its descriptors 0 to 2 (-1: leave the parent's).
 * Its pid, or why it could not be started: an error of exec, too, is returned here. */
long linnet_spawn(char const* path, char* const* arguments, char* const* environment, int const* fds);
/* Waits until the child ends; its status as wait4(2) gives it goes to `status`, which may be NULL. Its pid. */
long linnet_wait(long pid, int* status);

/* A thread: this structure stays where it is until linnet_thread_join(). */
struct linnet_thread {
    int running; /* its number; 0 after its end */
    void* mapping;
    size_t mapping_size;
};

/* Runs function(argument) on a new thread. `stack` is in bytes, rounded up to pages; a guard page lies below it. 0, -ENOMEM
 * or -EAGAIN. The thread ends when the function returns. */
long linnet_thread_start(struct linnet_thread* thread, size_t stack, void (*function)(void*), void* argument);
/* Returns when the thread has ended and its stack is gone. Once for each thread. */
void linnet_thread_join(struct linnet_thread* thread);

#ifdef __cplusplus
}
#endif
#endif
