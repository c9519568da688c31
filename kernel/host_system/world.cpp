// Makes a fresh file tree by system calls, as an initramfs would have it.
#include "kernel/host_system/world.hpp"

#include "abi/elf.hpp"
#include "abi/fcntl.hpp"
#include "abi/signal.hpp"
#include "kernel/host_system/refusals.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/vfs/initialise.hpp"
#include "kernel/vfs/operations.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>

namespace host_system {

namespace {

/// A static program: one page of code, and memory that no file backs.
struct Program {
    uapi::Elf64Header header;
    uapi::Elf64ProgramHeader segments[2];
};

Program make_program(UserAddr entry) {
    Program program{};
    auto& header = program.header;
    std::uint8_t const ident[] = {
        0x7f, 'E', 'L', 'F', uapi::elf_class_64, uapi::elf_data_little_endian, 1};
    std::ranges::copy(ident, header.ident);
    header.type = uapi::et_exec;
    header.machine = uapi::em_x86_64;
    header.version = 1;
    header.entry = entry.value();
    header.program_headers = sizeof header;
    header.header_size = sizeof header;
    header.program_header_size = sizeof program.segments[0];
    header.program_header_count = std::size(program.segments);
    program.segments[0] = {.type = uapi::pt_load,
                           .flags = uapi::pf_r | uapi::pf_x,
                           .offset = 0,
                           .virtual_address = text.value(),
                           .physical_address = 0,
                           .file_size = sizeof program,
                           .memory_size = sizeof program,
                           .alignment = page_size};
    program.segments[1] = {.type = uapi::pt_load,
                           .flags = uapi::pf_r | uapi::pf_w,
                           .offset = 0,
                           .virtual_address = memory.value(),
                           .physical_address = 0,
                           .file_size = 0,
                           .memory_size = memory_size,
                           .alignment = page_size};
    return program;
}

constexpr u64 create_and_write =
    std::to_underlying(uapi::Open::create) | std::to_underlying(uapi::Open::write_only);

void must(i64 result) {
    ensure(result >= 0, "a file tree cannot be made");
}

void write_file(User& user, std::string_view path, ConstBytes bytes, u32 permissions) {
    i64 const fd = user.call(Syscall::open, path, create_and_write, permissions);
    must(fd);
    must(user.call(Syscall::write, fd, user.put(bytes), bytes.size()));
    must(user.call(Syscall::close, fd));
}

struct Node {
    char const* path;
    u64 device; ///< major * 256 + minor
};

constexpr Node nodes[] = {{"/dev/null", 0x103},   {"/dev/zero", 0x105}, {"/dev/full", 0x107},
                          {"/dev/random", 0x108}, {"/dev/kmsg", 0x10b}, {"/dev/tty", 0x500},
                          {"/dev/ptmx", 0x502}};

constexpr u32 character_device = 0020000;

void fill(User& user, UserAddr entry) {
    auto const program = make_program(entry);
    must(user.call(Syscall::chroot, "/"));
    for (auto const* const directory : {"/bin", "/etc", "/tmp", "/proc", "/dev/pts"})
        must(user.call(Syscall::mkdir, directory, 0755));
    must(user.call(Syscall::chmod, "/tmp", 01777));
    write_file(user, "/bin/main", object_bytes(program), 0755);
    write_file(user, "/bin/script", bytes_of("#!/bin/main -x\n"), 0755);
    write_file(user, "/etc/text", bytes_of("The first line.\nThe second line.\n"), 0644);
    must(user.call(Syscall::symlink, "loop", "/loop"));
    must(user.call(Syscall::symlink, "etc", "/link"));
    for (auto const& node : nodes)
        must(user.call(Syscall::mknod, node.path, character_device | 0666, node.device));
    must(user.call(Syscall::mount, "proc", "/proc", "proc", 0, 0));
    must(user.call(Syscall::mount, "devpts", "/dev/pts", "devpts", 0, 0));
    for (int fd = 0; fd < 3; ++fd)
        must(user.call(Syscall::open, "/dev/null", uapi::Open::read_write));
}

} // namespace

void write_init(Ref<vfs::MountTree> const& mounts) {
    auto const program = make_program(text);
    auto const caller = vfs::Caller::kernel(mounts);
    auto file = vfs::open(caller, caller.root, "/init",
                          vfs::OpenFlags(uapi::Open::write_only) | uapi::Open::create, 0755);
    ensure(file.has_value(), "no file for init");
    auto source = mem::Source::kernel(object_bytes(program));
    ensure((*file)->write(source).has_value(), "init cannot be written");
}

void enter_world(User& user, UserAddr entry) {
    {
        KernelWork const work;
        auto mounts = *vfs::mount_root("rootfs");
        auto const root = mounts->root();
        process::Thread::current().set_fs(
            make_ref<vfs::FsContext>(std::move(mounts), root, root, 022u));
    }
    fill(user, entry);
    // What init blocks is its own affair.
    must(user.call(Syscall::rt_sigprocmask, uapi::sig_setmask, user.put_value(u64{0}), 0, 8));
    UserAddr const path = user.put("/bin/main");
    u64 const arguments[] = {path.value(), 0};
    UserAddr const none = user.put_value(u64{0});
    must(user.call(Syscall::execve, path, user.put_value(arguments), none));
}

} // namespace host_system
