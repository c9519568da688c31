// Walks this program's own stack as if it were another's: by nothing but reads of its memory.
#include "libs/unwind/remote.hpp"

#include "libs/unwind/host_modules.hpp"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>
#include <vector>

#include <gtest/gtest.h>

namespace {

using unwind::Frame;
using unwind::Step;

/// Reads fail where nothing is mapped.
class FallibleMemory final : public dwarf::Memory {
public:
    bool read(u64 at, Bytes into) const noexcept override {
        iovec const local{into.data(), into.size()};
        // Safe because the system checks the address.
        iovec const remote{reinterpret_cast<void*>(at), into.size()};
        return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) ==
               static_cast<ssize_t>(into.size());
    }
};

/// The frame of whoever calls this, after its call.
Frame here(ucontext_t const& context) {
    constexpr int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                             REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    Frame frame{.registers = {}, .interrupted = true};
    for (usize i = 0; i < 17; ++i)
        frame.registers.values[i] = static_cast<u64>(context.uc_mcontext.gregs[order[i]]);
    return frame;
}

std::vector<u64> libgcc_walk() {
    std::vector<u64> seen;
    _Unwind_Backtrace(
        [](_Unwind_Context* context, void* into) {
            static_cast<std::vector<u64>*>(into)->push_back(_Unwind_GetIP(context));
            return _URC_NO_REASON;
        },
        &seen);
    return seen;
}

void compare_walks() {
    auto const theirs = libgcc_walk();
    ucontext_t context;
    getcontext(&context);
    FallibleMemory const memory;
    Frame frame = here(context);
    std::vector<u64> own;
    for (usize i = 0; i < 200; ++i) {
        own.push_back(frame.registers[unwind::rip]);
        auto const image = unwind::find_image(memory, frame.instruction());
        if (unwind::step_remote(memory, image, frame) != Step::stepped)
            break;
    }
    // From this function's caller outwards.
    auto const common = std::ranges::find(theirs, own.at(1));
    ASSERT_NE(common, theirs.end());
    std::vector<u64> expected(common, theirs.end());
    if (!expected.empty() && expected.back() == 0)
        expected.pop_back();
    EXPECT_EQ(std::vector<u64>(own.begin() + 1, own.end()), expected);
}

[[gnu::noinline]] int deep(int levels) {
    if (levels == 0) {
        compare_walks();
        return 0;
    }
    std::vector<int> owner(3, levels);
    return deep(levels - 1) + owner[1];
}

TEST(Remote, WalksLikeLibgcc) {
    EXPECT_GT(deep(7), 0);
}

TEST(Remote, WalksLikeLibgccThroughALibrary) {
    static bool walked;
    walked = false;
    unwind::host::call_through_qsort([] {
        compare_walks();
        walked = true;
    });
    EXPECT_TRUE(walked);
}

TEST(Remote, KnowsWhereLibrariesLieAndTheirNames) {
    FallibleMemory const memory;
    auto* const function = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
    Dl_info info;
    ASSERT_NE(dladdr(function, &info), 0);
    auto const image = unwind::find_image(memory, reinterpret_cast<u64>(function));
    ASSERT_TRUE(image);
    EXPECT_EQ(image->bias, reinterpret_cast<u64>(info.dli_fbase));
    char buffer[40];
    EXPECT_EQ(unwind::image_name(memory, *image, buffer), "libc.so.6");

    auto const own = unwind::find_image(memory, reinterpret_cast<u64>(&deep));
    ASSERT_TRUE(own);
    EXPECT_EQ(unwind::image_name(memory, *own, buffer), "");
}

TEST(Remote, FollowsFramePointersWhereNothingElseIsKnown) {
    u64 stack[6] = {};
    auto const at = reinterpret_cast<u64>(stack);
    stack[2] = at + 4 * 8; // the caller's rbp
    stack[3] = 0x1234;
    Frame frame{.registers = {}, .interrupted = true};
    frame.registers[unwind::rsp] = at;
    frame.registers[unwind::rbp] = at + 2 * 8;
    ASSERT_EQ(unwind::step_remote(FallibleMemory(), std::nullopt, frame), Step::stepped);
    EXPECT_EQ(frame.registers[unwind::rip], 0x1234u);
    EXPECT_EQ(frame.registers[unwind::rsp], at + 4 * 8);
    EXPECT_EQ(frame.registers[unwind::rbp], at + 4 * 8);
    EXPECT_EQ(unwind::step_remote(FallibleMemory(), std::nullopt, frame), Step::end);
}

TEST(Remote, FindsNothingWhereNothingIsMapped) {
    FallibleMemory const memory;
    EXPECT_FALSE(unwind::find_image(memory, 0x1000));
    EXPECT_FALSE(unwind::find_image(memory, 0x7fff'0000'0000'0000));
    Frame frame{.registers = {}, .interrupted = true};
    EXPECT_NE(unwind::step_remote(memory, unwind::RemoteImage{.frame_header = 0x1000}, frame),
              Step::stepped);
}

} // namespace
