// devpts: one instance shows all pairs; nodes come and go with the masters.
#include "kernel/fs/devpts/devpts.hpp"

#include "kernel/terminal/pty.hpp"
#include "kernel/vfs/generated_file.hpp"
#include "libs/base/lazy.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace devpts {

namespace {

constexpr u64 magic = 0x1cd1;

/// What mount(2)'s options may say. Without an owner it is the one who opened the master.
struct Options {
    u32 slave_permissions = 0600;
    std::optional<Uid> user;
    std::optional<Gid> group;
    u32 ptmx_permissions = 0; ///< the one in /dev is for all
};

class Node final : public vfs::Inode {
public:
    Node(vfs::FileSystem& file_system, vfs::Attributes const& attributes)
        : Inode(file_system, attributes) {}
};

vfs::Attributes node_attributes(u64 inode, vfs::DeviceNumber number, u32 permissions, Uid user,
                                Gid group) {
    Nanoseconds const now = vfs::wall_now();
    return {.inode = inode,
            .kind = vfs::Kind::character_device,
            .permissions = permissions,
            .uid = user,
            .gid = group,
            .block_size = 1024,
            .special = number,
            .accessed = now,
            .modified = now,
            .changed = now,
            .born = now};
}

class Root;

class DevPts final : public vfs::FileSystem, private terminal::PtyListener {
public:
    explicit DevPts(Options options) : options_(options) {}

    /// From now on pairs show; not from the constructor, which runs with the instance's lock held.
    void listen() { terminal::listen_to_ptys(*this); }

    std::string_view type() const override { return "devpts"; }

    Result<Ref<vfs::Inode>> root() override;

    vfs::Statistics statistics() override { return {.magic = magic}; }

    String options() const override {
        String text;
        StringSink sink(text);
        if (options_.user)
            format_to(sink, ",uid={}", std::to_underlying(*options_.user));
        if (options_.group)
            format_to(sink, ",gid={}", std::to_underlying(*options_.group));
        format_to(sink, ",mode={:03o},ptmxmode={:03o}", options_.slave_permissions,
                  options_.ptmx_permissions);
        return text;
    }

    Result<Ref<vfs::Inode>> find(std::string_view name);
    Result<void> list(vfs::DirectorySink& into, u64 from);

private:
    /// Inode numbers as on Linux: 1 the root, 2 ptmx, 3 + index the slaves.
    void added(Ref<terminal::Pty> pty, terminal::FileOwner owner) override {
        auto const attributes = node_attributes(
            3 + pty->index(), pty->number(), options_.slave_permissions,
            options_.user.value_or(owner.user), options_.group.value_or(owner.group));
        Ref<vfs::Inode> node = make_ref<Node>(*this, attributes);
        auto nodes = nodes_.lock();
        if (nodes->size() <= pty->index())
            nodes->resize(pty->index() + 1);
        (*nodes)[pty->index()] = std::move(node);
    }

    void removed(u32 index) override {
        Ref<vfs::Inode> gone; // released without the lock
        auto nodes = nodes_.lock_even_poisoned();
        if (index < nodes->size()) {
            gone = (*nodes)[index];
            (*nodes)[index] = {};
        }
    }

    Options options_;
    ksync::SleepLocked<ksync::Independent<Vector<Ref<vfs::Inode>>>, ksync::Rank::inode> nodes_;
};

class Root final : public vfs::GeneratedDirectory {
public:
    explicit Root(DevPts& file_system)
        : GeneratedDirectory(file_system, vfs::Attributes{.inode = 1,
                                                          .kind = vfs::Kind::directory,
                                                          .permissions = 0755,
                                                          .links = 2,
                                                          .block_size = 1024,
                                                          .accessed = vfs::wall_now(),
                                                          .modified = vfs::wall_now(),
                                                          .changed = vfs::wall_now()}),
          devpts_(file_system) {}

    Result<Ref<vfs::Inode>> lookup(std::string_view name) override { return devpts_.find(name); }

    Result<void> list(vfs::DirectorySink& into, u64 from) override {
        return devpts_.list(into, from);
    }

private:
    DevPts& devpts_; // kept by Inode's reference
};

Result<Ref<vfs::Inode>> DevPts::root() {
    return Ref<vfs::Inode>(make_ref<Root>(*this));
}

Result<Ref<vfs::Inode>> DevPts::find(std::string_view name) {
    if (name == "ptmx") {
        auto const attributes = node_attributes(2, {5, 2}, options_.ptmx_permissions, Uid{}, Gid{});
        return Ref<vfs::Inode>(make_ref<Node>(*this, attributes));
    }
    u32 index = 0;
    auto const [end, failure] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (failure != std::errc() || end != name.data() + name.size() ||
        (name.size() > 1 && name.front() == '0'))
        return fail(Errno::enoent);
    auto nodes = nodes_.lock();
    if (index >= nodes->size() || !(*nodes)[index])
        return fail(Errno::enoent);
    return (*nodes)[index];
}

/// Positions: 2 is ptmx, 3 + index the slaves.
Result<void> DevPts::list(vfs::DirectorySink& into, u64 from) {
    if (from <= 2 && !into.take("ptmx", 2, vfs::Kind::character_device, 3))
        return {};
    auto nodes = nodes_.lock();
    for (u64 index = from <= 2 ? 0 : from - 3; index < nodes->size(); ++index)
        if ((*nodes)[index] &&
            !into.take(format("{}", index), 3 + index, vfs::Kind::character_device, 4 + index))
            return {};
    return {};
}

Result<Options> parse_options(std::string_view text) {
    Options options;
    while (!text.empty()) {
        std::string_view const word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        auto const equals = word.find('=');
        std::string_view const key = word.substr(0, equals);
        std::string_view const value =
            equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
        if (key == "newinstance" || key.empty())
            continue;
        u32 number = 0;
        int const base = key == "gid" || key == "uid" || key == "max" ? 10 : 8;
        auto const [end, failure] =
            std::from_chars(value.data(), value.data() + value.size(), number, base);
        if (failure != std::errc() || end != value.data() + value.size())
            return fail(Errno::einval);
        if (key == "uid")
            options.user = Uid{number};
        else if (key == "gid")
            options.group = Gid{number};
        else if (key == "mode")
            options.slave_permissions = number & 0777;
        else if (key == "ptmxmode")
            options.ptmx_permissions = number & 0777;
        else
            return fail(Errno::einval);
    }
    return options;
}

/// One instance for all mounts, as long as it lives.
Result<Ref<vfs::FileSystem>> mount(vfs::MountRequest const& request) {
    auto const options = TRY(parse_options(request.options));
    static constinit ksync::SleepLocked<ksync::Independent<Lazy<Ref<DevPts>>>,
                                        ksync::Rank::device_list>
        only;
    Ref<DevPts> instance;
    {
        auto guard = only.lock();
        if (**guard)
            return Ref<vfs::FileSystem>(**guard);
        instance = ** guard = make_ref<DevPts>(options);
    }
    instance->listen();
    return Ref<vfs::FileSystem>(std::move(instance));
}

} // namespace

constinit vfs::FileSystemType const type{.name = "devpts", .mount = mount};

} // namespace devpts
