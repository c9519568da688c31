// /dev/provoke: kernel bugs on demand, to show and to test what they cost.
#include "kernel/drivers/provoke/provoke.hpp"

#include "kernel/log/log.hpp"
#include "kernel/vfs/devices.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

namespace provoke {
namespace {

constexpr u32 misc_major = 10; ///< Linux's for devices of one kind
constexpr u32 minor = 250;     ///< within its range for local use

/// Not known to the compiler, which would not emit what must go wrong.
template <class T>
T hidden(T value) {
    asm volatile("" : "+r"(value)); // Safe because it changes nothing.
    return value;
}

void store_to_null() {
    *hidden(pointer_to<int>(VirtAddr(8))) = 1;
}

[[gnu::noinline]] u64 recurse(u64 depth) {
    u64 volatile block[64] = {depth};
    return hidden(&recurse)(depth + 1) + block[0];
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
    {"null", store_to_null},
    {"divide", [] { static_cast<void>(hidden(1 / hidden(0))); }},
    {"overflow", [] { static_cast<void>(hidden(recurse(0))); }},
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
        [](vfs::DeviceNumber, vfs::Place const& place,
           vfs::OpenFlags flags) -> Result<Ref<vfs::File>> {
            return make_ref<ProvokeFile>(place, flags);
        },
        0200);
    ensure(added.has_value(), "the device of bugs is registered twice");
    klog::warn("/dev/provoke makes kernel bugs on demand");
}

} // namespace provoke
