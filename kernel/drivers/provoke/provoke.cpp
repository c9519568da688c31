// /dev/provoke: kernel bugs on demand, to show and to test what they cost.
#include "kernel/drivers/provoke/provoke.hpp"

#include "kernel/log/log.hpp"
#include "kernel/vfs/devices.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"

namespace provoke {
namespace {

constexpr u32 misc_major = 10; ///< Linux's for devices of one kind
constexpr u32 minor = 250;     ///< within its range for local use

// The compiler does not know their values, so it emits what must go wrong.
constinit Atomic<u64> nowhere{8};
constinit Atomic<int> zero{0};

u64 recurse(u64 depth);
constinit Atomic<u64 (*)(u64)> again{&recurse};

u64 recurse(u64 depth) {
    Atomic<u64> const block[64] = {};
    return again.load()(depth + 1) + block[depth % 64].load();
}

[[gnu::noinline]] VITAL void fail_vitally() noexcept {
    panic("provoked in vital code");
}

struct Kind {
    std::string_view name;
    void (*provoke)();
};

constexpr Kind kinds[] = {
    {"panic", [] { panic("provoked"); }},
    {"null", [] { *pointer_to<int>(VirtAddr(nowhere.load())) = 1; }},
    {"divide", [] { zero.store(1 / zero.load()); }},
    {"overflow", [] { nowhere.store(recurse(0)); }},
    {"vital", fail_vitally},
};

class ProvokeFile final : public vfs::File {
public:
    ProvokeFile(vfs::Place const& place, vfs::OpenFlags flags) : File(place, flags) {}

protected:
    Result<usize> read_bytes(mem::Sink&, u64) override { return usize{0}; }

    /// Takes the name of a kind. EINVAL: there is no such kind.
    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        char text[32];
        usize const size =
            TRY(from.read(Bytes(pointer_to<std::byte>(address_of(text)), sizeof text)));
        std::string_view word(text, size);
        word = word.substr(0, word.find('\n'));
        for (auto const& kind : kinds) {
            if (kind.name != word)
                continue;
            kind.provoke();
            return Written{size, offset};
        }
        return fail(Errno::einval);
    }
};

} // namespace

void register_device() {
    auto const added = vfs::register_character_device(
        misc_major, minor, "provoke",
        [](vfs::DeviceNumber, vfs::Place const& place, vfs::OpenFlags flags)
            -> Result<Ref<vfs::File>> { return make_ref<ProvokeFile>(place, flags); },
        0200);
    ensure(added.has_value(), "the device of bugs is registered twice");
    klog::warn("/dev/provoke makes kernel bugs on demand");
}

} // namespace provoke
