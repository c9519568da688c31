// The devices that need no hardware: null, zero, full, random, urandom, kmsg.
#include "kernel/vfs/memory_devices.hpp"

#include "kernel/random/random.hpp"
#include "kernel/vfs/devices.hpp"

#include <algorithm>

namespace vfs {

namespace {

constexpr u32 memory_major = 1;

class NullFile : public File {
public:
    NullFile(Place const& place, OpenFlags flags) : File(place, flags) {}

    Result<u64> seek(i64, SeekFrom) override { return u64{0}; } // every place is the same

protected:
    Result<usize> read_bytes(mem::Sink&, u64) override { return usize{0}; }

    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        // Linux does not look at the bytes, so a bad address is no error here.
        return Written{from.left(), offset + from.left()};
    }
};

class Zeros final : public mem::PageSource {
public:
    Result<mem::Frame> page(u64, bool) override { return mem::Frame::allocate(); }

    String name() const override { return "/dev/zero"; }
};

class ZeroFile : public NullFile {
public:
    using NullFile::NullFile;

    Result<Ref<mem::PageSource>> map() override { return make_ref<Zeros>(); }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        return into.write_zeros(into.left());
    }
};

class FullFile final : public ZeroFile {
public:
    using ZeroFile::ZeroFile;

protected:
    Result<Written> write_bytes(mem::Source&, u64) override { return fail(Errno::enospc); }
};

class RandomFile final : public File {
public:
    RandomFile(Place const& place, OpenFlags flags) : File(place, flags) {}

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        usize const before = into.done();
        std::byte piece[256];
        while (into.left() != 0) {
            Bytes const part = Bytes(piece).first(std::min(into.left(), sizeof piece));
            rng::fill(part);
            auto const written = into.write(part);
            if (!written && into.done() == before)
                return written;
            if (!written || *written != part.size())
                break;
        }
        return into.done() - before;
    }

    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        usize const before = from.done();
        std::byte piece[256];
        while (from.left() != 0) {
            auto const read = from.read(piece);
            if (!read && from.done() == before)
                return fail(read.error().code());
            if (!read || *read == 0)
                break;
            rng::add_entropy(ConstBytes(piece).first(*read), 0);
        }
        usize const count = from.done() - before;
        return Written{count, offset + count};
    }
};

template <class Device>
Result<Ref<File>> open_as(DeviceNumber, Place const& place, OpenFlags flags) {
    return make_ref<Device>(place, flags);
}

void add(u32 minor, std::string_view name, OpenDevice open) {
    auto const added = register_character_device(memory_major, minor, name, open, 0666);
    ensure(added.has_value(), "memory device registered twice");
}

} // namespace

void register_memory_devices() {
    add(3, "null", open_as<NullFile>);
    add(5, "zero", open_as<ZeroFile>);
    add(7, "full", open_as<FullFile>);
    add(8, "random", open_as<RandomFile>);
    add(9, "urandom", open_as<RandomFile>);
    register_log_device();
}

} // namespace vfs
