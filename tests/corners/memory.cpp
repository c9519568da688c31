// Corner cases of address spaces: mapping, protection, moving, advice, files in memory.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace corners {
namespace {

constexpr std::size_t page = 4096;
// A place of our own to look at in /proc/self/maps.
char* const base = reinterpret_cast<char*>(0x10000000000);

char* map(std::size_t at, std::size_t pages, int protection = PROT_READ | PROT_WRITE,
          int flags = MAP_PRIVATE | MAP_ANONYMOUS, int file = -1, off_t offset = 0) {
    return static_cast<char*>(mmap(base + at * page, pages * page, protection,
                                   flags | MAP_FIXED_NOREPLACE, file, offset));
}

/// The areas from `base` to 256 pages on, as page numbers.
void print_areas(char const* what) {
    std::printf("%s:", what);
    FILE* const maps = std::fopen("/proc/self/maps", "r");
    char line[512];
    while (std::fgets(line, sizeof line, maps)) {
        unsigned long from = 0, to = 0, offset = 0;
        char access[8] = {};
        std::sscanf(line, "%lx-%lx %7s %lx", &from, &to, access, &offset);
        auto const start = reinterpret_cast<unsigned long>(base);
        if (from >= start && from < start + 256 * page)
            std::printf(" %lu-%lu %s +%lu", (from - start) / page, (to - start) / page, access,
                        offset / page);
    }
    std::fclose(maps);
    std::printf("\n");
}

sigjmp_buf back;
int fault_code;

void caught(int, siginfo_t* about, void*) {
    fault_code = about->si_code;
    siglongjmp(back, about->si_signo);
}

/// What reading or writing a byte brings: 0 or the signal and its code.
void touch(char const* what, char volatile* at, bool write) {
    struct sigaction action{};
    action.sa_sigaction = caught;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGBUS, &action, nullptr);
    int const signal = sigsetjmp(back, 1);
    if (signal != 0) {
        std::printf("%s: signal %d code %d\n", what, signal, fault_code);
        return;
    }
    if (write)
        *at = 'w';
    else
        (void)*at;
    std::printf("%s: passed\n", what);
}

bool failed(void* at) {
    return at == MAP_FAILED;
}

#define SHOW_MAP(call) ::corners::show(#call, failed(call) ? -1 : 0)

void mappings() {
    int const file = file_with("f", std::string(3 * page, 'f'));
    int const reader = open("f", O_RDONLY);
    int const writer = open("f", O_WRONLY);
    int ends[2];
    pipe(ends);
    SHOW_MAP(mmap(nullptr, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_ANONYMOUS, -1, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE | MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, -1, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, 99, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, file, 100));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, writer, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, ends[0], 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, open(".", O_RDONLY), 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, open("/dev/null", O_RDONLY), 0));
    SHOW_MAP(
        mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, open("/dev/zero", O_RDWR), 0));
    SHOW_MAP(mmap(nullptr, 1UL << 48, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW_MAP(mmap(nullptr, SIZE_MAX, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW_MAP(mmap(base + 1, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_SHARED_VALIDATE | (1 << 30), file, 0));
    SHOW_MAP(mmap(nullptr, page, PROT_READ, MAP_PRIVATE, file, static_cast<off_t>(~0UL << 12)));
    SHOW_MAP(map(0, 2));
    SHOW_MAP(map(1, 2));
    SHOW_MAP(map(2, 1, PROT_READ | PROT_WRITE));
    print_areas("neighbours are one");
    SHOW_MAP(map(4, 2, PROT_READ, MAP_PRIVATE, file, 0));
    SHOW_MAP(map(6, 1, PROT_READ, MAP_PRIVATE, file, 2 * page));
    SHOW_MAP(map(7, 1, PROT_READ, MAP_PRIVATE, file, 2 * page));
    print_areas("files only where offsets meet");
    SHOW(munmap(base + page, page));
    SHOW(munmap(base + 5 * page, 2 * page));
    SHOW(munmap(base + 1, page));
    SHOW(munmap(base, 0));
    SHOW(munmap(base + 100 * page, page));
    SHOW(munmap(base, 1UL << 60));
    print_areas("with holes");
    SHOW_MAP(map(20, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS));
    SHOW_MAP(map(21, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS));
    print_areas("shared memory is apart");
}

void protection() {
    SHOW_MAP(map(0, 6));
    SHOW(mprotect(base + page, page, PROT_READ));
    SHOW(mprotect(base + 3 * page, page, PROT_NONE));
    print_areas("split");
    touch("read what may be read", base + page, false);
    touch("write what may be read", base + page, true);
    touch("read what may not", base + 3 * page, false);
    SHOW(mprotect(base + page, 3 * page, PROT_READ | PROT_WRITE));
    print_areas("one again");
    SHOW(mprotect(base + 1, page, PROT_READ));
    SHOW(mprotect(base, 0, PROT_READ));
    SHOW(mprotect(base, page, 0x100));
    SHOW(mprotect(base + 5 * page, 2 * page, PROT_READ));
    print_areas("changed up to the hole");
    SHOW(mprotect(base + 100 * page, page, PROT_READ));
    SHOW(mprotect(base, SIZE_MAX, PROT_READ));
    SHOW(mprotect(base, page, PROT_READ | PROT_GROWSDOWN));
    int const reader = (file_with("f", std::string(page, 'f')), open("f", O_RDONLY));
    SHOW_MAP(map(10, 1, PROT_READ, MAP_SHARED, reader));
    SHOW(mprotect(base + 10 * page, page, PROT_READ | PROT_WRITE));
    SHOW_MAP(map(11, 1, PROT_READ, MAP_PRIVATE, reader));
    SHOW(mprotect(base + 11 * page, page, PROT_READ | PROT_WRITE));
    touch("write the private copy", base + 11 * page, true);
    say("file", content(reader).substr(0, 3));
    SHOW_MAP(map(13, 1, PROT_WRITE));
    touch("read what may be written", base + 13 * page, false);
}

void moving() {
    SHOW_MAP(map(0, 2));
    std::strcpy(base, "first");
    std::strcpy(base + page, "second");
    auto const remap = [](std::size_t at, std::size_t from, std::size_t to, int flags,
                          std::size_t target = 0) {
        return mremap(base + at * page, from * page, to * page, flags, base + target * page);
    };
    SHOW_MAP(remap(0, 2, 4, 0));
    print_areas("grown");
    SHOW_MAP(remap(0, 4, 3, 0));
    SHOW_MAP(map(3, 1, PROT_READ));
    SHOW_MAP(remap(0, 3, 4, 0));
    SHOW_MAP(remap(0, 3, 5, MREMAP_MAYMOVE | MREMAP_FIXED, 10));
    print_areas("moved");
    say("first", base + 10 * page);
    SHOW_MAP(remap(10, 5, 2, MREMAP_MAYMOVE | MREMAP_FIXED, 11));
    SHOW_MAP(remap(10, 5, 5, MREMAP_FIXED, 30));
    SHOW_MAP(remap(10, 5, 0, MREMAP_MAYMOVE));
    SHOW_MAP(remap(10, 6, 8, MREMAP_MAYMOVE));
    SHOW_MAP(remap(50, 1, 2, MREMAP_MAYMOVE));
    SHOW_MAP(remap(10, 5, 5, 64));
    SHOW_MAP(mremap(base + 1, page, page, 0));
    SHOW_MAP(remap(10, 0, 2, MREMAP_MAYMOVE)); // a second view of private memory
    SHOW_MAP(remap(11, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, 40));
    print_areas("its middle moved");
    say("second", base + 40 * page);
    SHOW_MAP(map(60, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS));
    std::strcpy(base + 60 * page, "shared");
    SHOW_MAP(remap(60, 0, 1, MREMAP_MAYMOVE | MREMAP_FIXED, 70));
    say("second view", base + 70 * page);
    SHOW_MAP(remap(60, 1, 2, 0));
    touch("beyond shared memory", base + 61 * page, false);
}

void advice() {
    SHOW_MAP(map(0, 3));
    std::memset(base, 'x', 3 * page);
    SHOW(madvise(base, page, MADV_DONTNEED));
    say("zero again", base[0]);
    say("kept", base[page]);
    SHOW(madvise(base + 1, page, MADV_DONTNEED));
    SHOW(madvise(base, 0, MADV_DONTNEED));
    SHOW(madvise(base, page, 99));
    SHOW(madvise(base, 4 * page, MADV_WILLNEED));
    SHOW(madvise(base + 2 * page, 2 * page, MADV_DONTNEED));
    say("the mapped part went", base[2 * page]);
    for (int const what : {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_FREE, MADV_HUGEPAGE,
                           MADV_NOHUGEPAGE, MADV_COLD, MADV_PAGEOUT})
        std::printf("%d: %ld\n", what, show("madvise", madvise(base + page, page, what)));
    int const file = file_with("f", std::string(page, 'f'));
    SHOW_MAP(map(10, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE, file));
    base[10 * page] = 'w';
    SHOW(madvise(base + 10 * page, page, MADV_DONTNEED));
    std::printf("%c\n", base[10 * page]);
    SHOW(madvise(base + 10 * page, page, MADV_FREE));
    SHOW_MAP(map(11, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file));
    base[11 * page] = 's';
    SHOW(madvise(base + 11 * page, page, MADV_DONTNEED));
    std::printf("%c\n", base[11 * page]);
    SHOW(madvise(base + 11 * page, page, MADV_REMOVE));
    say("punched", content(file).substr(0, 2));
    SHOW(msync(base, page, MS_SYNC));
    SHOW(msync(base, page, MS_SYNC | MS_ASYNC));
    SHOW(msync(base, page, 64));
    SHOW(msync(base + 1, page, MS_SYNC));
    SHOW(msync(base + 100 * page, page, MS_SYNC));
    SHOW(msync(base + 11 * page, 2 * page, MS_ASYNC));
    SHOW(mlock(base, page));
    SHOW(mlock(base + 100 * page, page));
    SHOW(munlock(base, page));
    SHOW(munlock(base + 100 * page, page));
    unsigned char present[8] = {};
    SHOW(syscall(SYS_mincore, base + 1, page, present));
    SHOW(syscall(SYS_mincore, base + 100 * page, page, present));
    SHOW(syscall(SYS_mincore, base, 0, present));
    SHOW(syscall(SYS_mincore, base, 3 * page, nullptr));
    std::memset(base, 'x', 3 * page);
    madvise(base, page, MADV_DONTNEED);
    SHOW(syscall(SYS_mincore, base, 3 * page, present));
    std::printf("%d %d %d\n", present[0] & 1, present[1] & 1, present[2] & 1);
    SHOW(syscall(SYS_mincore, base + 11 * page, page - 5, present));
}

void files() {
    int const file = file_with("f", std::string(page + 100, 'f'));
    SHOW_MAP(map(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file));
    say("past the end, in its page", base[page + 100]);
    touch("past its last page", base + 2 * page, false);
    SHOW(ftruncate(file, 3 * page));
    touch("after growing", base + 2 * page, true);
    SHOW(pwrite(file, "new", 3, 0));
    std::printf("%.3s\n", base);
    std::memcpy(base + 10, "mapped", 6);
    char bytes[8] = {};
    SHOW(pread(file, bytes, 6, 10));
    std::printf("%.6s\n", bytes);
    SHOW(ftruncate(file, 10));
    touch("after shrinking", base + page, false);
    say("cleared", base[11]);
    SHOW(ftruncate(file, 2 * page));
    say("still", base[11]);
    SHOW_MAP(map(10, 2, PROT_READ | PROT_WRITE, MAP_PRIVATE, file));
    base[10 * page] = 'p';
    SHOW(pwrite(file, "XY", 2, 0));
    std::printf("%c%c\n", base[10 * page], base[10 * page + 1]);
    SHOW(close(file));
    SHOW(unlink("f"));
    touch("without a name", base, true);
    SHOW(read(open("/dev/zero", O_RDONLY), base, page));
    say("read into it", base[0]);
    SHOW(write(open("g", O_CREAT | O_RDWR, 0644), base + 3 * page, 10));
    SHOW(write(open("g", O_RDWR), base + 2 * page - 4, 10));
}

void sharing() {
    SHOW_MAP(map(0, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS));
    SHOW_MAP(map(1, 1));
    base[0] = base[page] = 'a';
    in_child([] {
        base[0] = base[page] = 'b';
        in_child([] { base[0] = base[page] = 'c'; });
        std::printf("child: %c %c\n", base[0], base[page]);
    });
    std::printf("parent: %c %c\n", base[0], base[page]);
    SHOW_MAP(map(2, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS));
    SHOW(madvise(base + 2 * page, page, MADV_DONTFORK));
    say("not forked", ending(in_child([] {
            signal(SIGSEGV, SIG_DFL);
            (void)*const_cast<char volatile*>(base + 2 * page);
        })));
    SHOW(madvise(base + page, page, MADV_WIPEONFORK));
    in_child([] { say("wiped", base[page]); });
    say("kept", base[page]);
}

void growing() {
    char* const start = static_cast<char*>(sbrk(0));
    SHOW(brk(start + 10 * page));
    start[10 * page - 1] = 1;
    touch("behind the break", start + 11 * page, true);
    SHOW(brk(start + page));
    touch("behind the lower break", start + 2 * page, true);
    SHOW(brk(reinterpret_cast<void*>(1L << 46)));
    SHOW(syscall(SYS_brk, 0) == reinterpret_cast<long>(start + page));
    rlimit const limit{.rlim_cur = 64 << 20, .rlim_max = RLIM_INFINITY};
    SHOW(setrlimit(RLIMIT_AS, &limit));
    SHOW_MAP(mmap(nullptr, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW_MAP(mmap(nullptr, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW(brk(start + (100 << 20)));
    rlimit const data{.rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY};
    SHOW(setrlimit(RLIMIT_DATA, &data));
    SHOW(brk(start + (2 << 20)));
    SHOW_MAP(mmap(nullptr, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    // Memory that grows down to a guard gap.
    SHOW_MAP(map(100, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN));
    touch("one page below", base + 99 * page, true);
    print_areas("grown down");
}

constexpr Section sections[] = {
    {"mmap", mappings},      {"mprotect", protection}, {"mremap", moving}, {"madvise", advice},
    {"mapped-files", files}, {"shared", sharing},      {"brk", growing},
};

} // namespace

std::span<Section const> const memory_sections = sections;

} // namespace corners
