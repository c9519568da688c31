// /proc/PID/maps, mounts and mountinfo.
#include "kernel/fs/proc/nodes.hpp"

namespace proc {

namespace {

/// Spaces, tabs, newlines and backslashes as octal escapes, as mount tables have them.
void write_escaped(TextSink& into, std::string_view text) {
    for (char const character : text) {
        if (character == ' ' || character == '\t' || character == '\n' || character == '\\')
            format_to(into, "\\{:03o}", static_cast<u32>(static_cast<u8>(character)));
        else
            into.write({&character, 1});
    }
}

Result<Vector<vfs::MountTree::Description>> mounts_of(Subject const& subject) {
    auto const context = subject.thread ? subject.thread->shared_fs() : nullptr;
    if (!context)
        return fail(Errno::einval);
    return context->mounts().describe(context->root());
}

} // namespace

Result<void> write_maps(Subject const& subject, TextSink& into) {
    TRY(check_insight(subject, *process::Thread::current().credentials()));
    auto const space = subject.process->address_space();
    if (!space)
        return {};
    space->for_each_area([&](mem::AreaDescription const& area) {
        String line;
        StringSink sink(line);
        auto const letter = [&](arch::Access access, char shown) {
            return area.access.has(access) ? shown : '-';
        };
        auto const device = vfs::DeviceNumber::decode(area.device);
        format_to(sink, "{:08x}-{:08x} {}{}{}{} {:08x} {:02x}:{:02x} {} ", area.start.value(),
                  area.end.value(), letter(arch::Access::read, 'r'),
                  letter(arch::Access::write, 'w'), letter(arch::Access::execute, 'x'),
                  area.sharing == mem::Sharing::shared ? 's' : 'p', area.offset, device.major,
                  device.minor, area.inode);
        if (!area.name.empty()) {
            while (line.size() < 73)
                line.push_back(' ');
            line.append(area.name.view());
        }
        line.push_back('\n');
        into.write(line.view());
    });
    return {};
}

Result<void> write_mounts(Subject const& subject, TextSink& into) {
    auto const mounts = TRY(mounts_of(subject));
    for (auto const& mount : mounts) {
        write_escaped(into, mount.source);
        into.write(" ");
        write_escaped(into, mount.path);
        format_to(into, " {} {} 0 0\n", mount.type, mount.options);
    }
    return {};
}

Result<void> write_mountinfo(Subject const& subject, TextSink& into) {
    auto const mounts = TRY(mounts_of(subject));
    for (auto const& mount : mounts) {
        format_to(into, "{} {} {}:{} ", mount.id, mount.parent_id, mount.device.major,
                  mount.device.minor);
        write_escaped(into, mount.root_path);
        into.write(" ");
        write_escaped(into, mount.path);
        format_to(into, " {} - {} ", mount.options, mount.type);
        write_escaped(into, mount.source);
        format_to(into, " {}\n", mount.options);
    }
    return {};
}

} // namespace proc
