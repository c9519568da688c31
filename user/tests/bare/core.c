/* The C core from C: files, heap, threads, children, the end of the process. */
#include "user/abi/linnet.h"

#include <string.h>

static void say(char const* text) {
    (void)linnet_write_all(1, text, strlen(text));
}

static _Thread_local int variable = 1;
static int counted;

static void count(void* argument) {
    for (int i = 0; i < 1000; ++i)
        __atomic_fetch_add((int*)argument, variable, __ATOMIC_RELAXED);
    variable = 5;
}

static void at_end(void* argument) {
    say((char const*)argument);
}

static int files(void) {
    char buffer[16] = "";
    int const fd = (int)linnet_open("core.tmp", 0102 | 01000, 0600); /* O_RDWR | O_CREAT | O_TRUNC */
    if (fd < 0 || linnet_write(fd, "text", 4) != 4 || linnet_close(fd) != 0)
        return 1;
    int const again = (int)linnet_open("core.tmp", 0, 0);
    if (linnet_read(again, buffer, sizeof buffer) != 4 || strcmp(buffer, "text") != 0)
        return 2;
    if (linnet_close(again) != 0 || linnet_close(again) != -9 || linnet_open("absent", 0, 0) != -2)
        return 3;
    return 0;
}

static int heap(void) {
    char* block = linnet_allocate(10, 16);
    strcpy(block, "123456789");
    block = linnet_reallocate(block, 100000);
    int const same = strcmp(block, "123456789") == 0;
    linnet_free(block);
    return same ? 0 : 1;
}

static int threads(void) {
    struct linnet_thread list[4];
    for (int i = 0; i < 4; ++i)
        if (linnet_thread_start(&list[i], 16384, count, &counted) != 0)
            return 1;
    for (int i = 0; i < 4; ++i)
        linnet_thread_join(&list[i]);
    return counted == 4000 && variable == 1 ? 0 : 2;
}

static int children(void) {
    char* arguments[] = {"echo", "from a child", NULL};
    int const fds[3] = {-1, -1, -1};
    long const pid = linnet_spawn("/bin/busybox", arguments, linnet_process.environment, fds);
    int status = -1;
    if (pid < 0 || linnet_wait(pid, &status) != pid || status != 0)
        return 1;
    return linnet_spawn("absent", arguments, linnet_process.environment, fds) == -2 ? 0 : 2;
}

int main(int argc, char** argv) {
    if (argc != 2 || strcmp(argv[1], "argument") != 0 || argv[2] != NULL)
        return 10;
    if (files() != 0 || heap() != 0 || threads() != 0 || children() != 0)
        return 11;
    if (linnet_syscall(39, 0, 0, 0, 0, 0, 0) <= 0) /* getpid */
        return 12;
    linnet_at_exit(at_end, "at exit\n");
    say("from C\n");
    return 4;
}
