// /proc/sys: the few settings that programs read.
#include "kernel/fs/proc/nodes.hpp"
#include "kernel/process/core_name.hpp"
#include "kernel/process/system_name.hpp"
#include "kernel/random/random.hpp"
#include "kernel/vfs/dentry.hpp"

namespace proc {

namespace {

Result<void> write_pid_max(TextSink& into) {
    format_to(into, "{}\n", process::Tree::most);
    return {};
}

Result<void> write_nr_open(TextSink& into) {
    format_to(into, "{}\n", process::Descriptors::most);
    return {};
}

/// Allocation never promises more than demand paging can later refuse: heuristic overcommit.
Result<void> write_overcommit(TextSink& into) {
    into.write("0\n");
    return {};
}

Result<void> write_os_type(TextSink& into) {
    format_to(into, "{}\n", process::system_name);
    return {};
}

Result<void> write_os_release(TextSink& into) {
    format_to(into, "{}\n", process::system_release);
    return {};
}

Result<void> write_os_version(TextSink& into) {
    format_to(into, "{}\n", process::system_version);
    return {};
}

/// What cannot be changed here and has the value that it has on Debian.
template <u64 value>
Result<void> write_constant(TextSink& into) {
    format_to(into, "{}\n", value);
    return {};
}

/// "hostname" and "domainname": what sethostname(2) and setdomainname(2) change, too.
class NameFile final : public vfs::GeneratedFile {
public:
    NameFile(vfs::FileSystem& file_system, String (*read)(), void (*change)(std::string_view))
        : GeneratedFile(file_system, 0644), read_(read), change_(change) {}

    Result<void> generate(TextSink& into) override {
        format_to(into, "{}\n", read_().view());
        return {};
    }

    Result<void> store(std::string_view text) override {
        text = text.substr(0, text.find('\n'));
        change_(text.substr(0, process::longest_host_name));
        return {};
    }

private:
    String (*read_)();
    void (*change_)(std::string_view);
};

/// core_pattern and core_uses_pid: see kernel/process/core_name.hpp.
class CorePatternFile final : public vfs::GeneratedFile {
public:
    explicit CorePatternFile(vfs::FileSystem& file_system) : GeneratedFile(file_system, 0644) {}

    Result<void> generate(TextSink& into) override {
        format_to(into, "{}\n", process::core_pattern().view());
        return {};
    }

    Result<void> store(std::string_view text) override {
        return process::set_core_pattern(text.substr(0, text.find('\n')));
    }
};

class CoreUsesPidFile final : public vfs::GeneratedFile {
public:
    explicit CoreUsesPidFile(vfs::FileSystem& file_system) : GeneratedFile(file_system, 0644) {}

    Result<void> generate(TextSink& into) override {
        format_to(into, "{}\n", process::core_uses_pid() ? 1 : 0);
        return {};
    }

    Result<void> store(std::string_view text) override {
        text = text.substr(0, text.find('\n'));
        if (text != "0" && text != "1")
            return fail(Errno::einval);
        process::set_core_uses_pid(text == "1");
        return {};
    }
};

/// What is written is dropped: 1 pages of files, 2 names that are cached, 3 both; 4 is to be quiet
/// about it. Pages have no other place here that they could be read from again, so they stay.
class DropCachesFile final : public vfs::GeneratedFile {
public:
    explicit DropCachesFile(vfs::FileSystem& file_system) : GeneratedFile(file_system, 0200) {}

    Result<void> check_open(vfs::OpenFlags flags) override {
        if ((flags.bits() & uapi::open_access_mask) != 1)
            return fail(Errno::eacces);
        return {};
    }

    Result<void> generate(TextSink&) override { return fail(Errno::eacces); }

    Result<void> store(std::string_view text) override {
        text = text.substr(0, text.find('\n'));
        if (text.size() != 1 || text[0] < '1' || text[0] > '4')
            return fail(Errno::einval);
        if (text == "2" || text == "3")
            vfs::DentryCache::shrink();
        return {};
    }
};

/// A random UUID, version 4 (RFC 9562).
void write_uuid(TextSink& into, std::byte const (&random)[16]) {
    for (usize i = 0; i < sizeof random; ++i) {
        u32 byte = static_cast<u32>(random[i]);
        if (i == 6)
            byte = (byte & 0x0f) | 0x40;
        if (i == 8)
            byte = (byte & 0x3f) | 0x80;
        format_to(into, "{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", byte);
    }
    into.write("\n");
}

Result<void> write_fresh_uuid(TextSink& into) {
    std::byte random[16];
    rng::fill(random);
    write_uuid(into, random);
    return {};
}

struct BootId {
    std::byte random[16] = {};
    bool made = false;
};

Result<void> write_boot_id(TextSink& into) {
    static constinit ksync::SleepLocked<BootId, ksync::Rank::process> boot_id;
    auto id = boot_id.lock();
    if (!std::exchange(id->made, true))
        rng::fill(id->random);
    write_uuid(into, id->random);
    return {};
}

} // namespace

Result<Ref<vfs::Inode>> settings_directory(vfs::FileSystem& file_system) {
    auto const directory = [&] { return make_ref<vfs::FixedDirectory>(file_system, 0555); };
    auto root = directory();
    auto kernel = directory();
    kernel->add("pid_max", TRY(vfs::simple_file(file_system, 0444, write_pid_max)));
    kernel->add("ostype", TRY(vfs::simple_file(file_system, 0444, write_os_type)));
    kernel->add("osrelease", TRY(vfs::simple_file(file_system, 0444, write_os_release)));
    kernel->add("version", TRY(vfs::simple_file(file_system, 0444, write_os_version)));
    kernel->add("hostname",
                make_ref<NameFile>(file_system, process::host_name, process::set_host_name));
    kernel->add("domainname",
                make_ref<NameFile>(file_system, process::domain_name, process::set_domain_name));
    kernel->add("core_pattern", make_ref<CorePatternFile>(file_system));
    kernel->add("core_uses_pid", make_ref<CoreUsesPidFile>(file_system));
    auto const add_constant = [&](vfs::FixedDirectory& to, std::string_view name,
                                  Result<void> (*write)(TextSink&)) -> Result<void> {
        to.add(name, TRY(vfs::simple_file(file_system, 0444, write)));
        return {};
    };
    TRY(add_constant(*kernel, "cap_last_cap", write_constant<40>));
    TRY(add_constant(*kernel, "ngroups_max", write_constant<65536>));
    TRY(add_constant(*kernel, "overflowuid", write_constant<65534>));
    TRY(add_constant(*kernel, "overflowgid", write_constant<65534>));
    TRY(add_constant(*kernel, "randomize_va_space", write_constant<2>));
    auto random = directory();
    random->add("boot_id", TRY(vfs::simple_file(file_system, 0444, write_boot_id)));
    random->add("uuid", TRY(vfs::simple_file(file_system, 0444, write_fresh_uuid)));
    kernel->add("random", std::move(random));
    auto files = directory();
    files->add("nr_open", TRY(vfs::simple_file(file_system, 0444, write_nr_open)));
    TRY(add_constant(*files, "pipe-max-size", write_constant<1048576>));
    TRY(add_constant(*files, "protected_hardlinks", write_constant<1>));
    TRY(add_constant(*files, "suid_dumpable", write_constant<0>));
    auto memory = directory();
    TRY(add_constant(*memory, "max_map_count", write_constant<65530>));
    TRY(add_constant(*memory, "mmap_min_addr", write_constant<65536>));
    memory->add("overcommit_memory", TRY(vfs::simple_file(file_system, 0444, write_overcommit)));
    memory->add("drop_caches", make_ref<DropCachesFile>(file_system));
    root->add("fs", std::move(files));
    root->add("kernel", std::move(kernel));
    root->add("vm", std::move(memory));
    return Ref<vfs::Inode>(std::move(root));
}

} // namespace proc
