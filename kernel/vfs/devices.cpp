// Character and block devices by number.
#include "kernel/vfs/devices.hpp"

namespace vfs {

namespace {

struct Registered {
    DeviceEntry entry;
    Registered* next = nullptr;
};

struct MajorEntry {
    u32 major = 0;
    OpenDevice open = nullptr;
};

struct Devices {
    Registered* first = nullptr;
    Registered* last = nullptr;
    MajorEntry majors[32] = {};
    usize major_count = 0;
    DeviceListener* listener = nullptr;

    bool recover() {
        last = nullptr;
        for (Registered* entry = first; entry != nullptr; entry = entry->next)
            last = entry;
        return true;
    }
};

constinit ksync::SleepLocked<Devices, ksync::Rank::device_list> devices;

Registered* find(Devices const& all, Kind kind, DeviceNumber number) {
    for (Registered* entry = all.first; entry != nullptr; entry = entry->next)
        if (entry->entry.number == number && entry->entry.kind == kind)
            return entry;
    return nullptr;
}

DeviceListener* listener() {
    return devices.lock()->listener;
}

} // namespace

Result<void> register_device(DeviceEntry const& entry) {
    auto fresh = make<Registered>();
    fresh->entry = entry;
    {
        auto const all = devices.lock();
        if (find(*all, entry.kind, entry.number) != nullptr)
            return fail(Errno::ebusy);
        Registered* const added = fresh.release();
        (all->last != nullptr ? all->last->next : all->first) = added;
        all->last = added;
    }
    // Outside the lock: the listener changes a file system.
    if (DeviceListener* const told = listener(); told != nullptr)
        told->added(entry);
    return {};
}

Result<void> register_character_device(u32 major, u32 minor, std::string_view name, OpenDevice open,
                                       u32 permissions) {
    DeviceEntry entry;
    entry.number = {major, minor};
    entry.kind = Kind::character_device;
    entry.name = String(name);
    entry.permissions = permissions;
    entry.open = open;
    return register_device(entry);
}

Result<void> register_character_major(u32 major, OpenDevice open) {
    auto const all = devices.lock();
    for (usize i = 0; i < all->major_count; ++i)
        if (all->majors[i].major == major)
            return fail(Errno::ebusy);
    ensure(all->major_count < std::size(all->majors), "too many device majors");
    all->majors[all->major_count++] = {major, open};
    return {};
}

void unregister_device(Kind kind, DeviceNumber number) {
    Box<Registered> gone;
    {
        auto const all = devices.lock();
        Registered* previous = nullptr;
        for (Registered* entry = all->first; entry != nullptr; entry = entry->next) {
            if (entry->entry.number == number && entry->entry.kind == kind) {
                (previous != nullptr ? previous->next : all->first) = entry->next;
                if (all->last == entry)
                    all->last = previous;
                gone = Box<Registered>(entry);
                break;
            }
            previous = entry;
        }
    }
    if (!gone)
        return;
    if (DeviceListener* const told = listener(); told != nullptr)
        told->removed(gone->entry);
}

Result<Ref<File>> open_device(Kind kind, DeviceNumber number, Place const& place, OpenFlags flags) {
    OpenDevice open = nullptr;
    {
        auto const all = devices.lock();
        if (Registered const* const entry = find(*all, kind, number); entry != nullptr)
            open = entry->entry.open;
        else if (kind == Kind::character_device)
            for (usize i = 0; i < all->major_count; ++i)
                if (all->majors[i].major == number.major)
                    open = all->majors[i].open;
    }
    if (open == nullptr)
        return fail(Errno::enxio);
    return open(number, place, flags);
}

void listen_to_devices(DeviceListener& listener) {
    devices.lock()->listener = &listener;
    for_each_device([&](DeviceEntry const& entry) { listener.added(entry); });
}

void for_each_device(FunctionRef<void(DeviceEntry const&)> visit) {
    Vector<DeviceEntry> copy;
    {
        auto const all = devices.lock();
        for (Registered const* entry = all->first; entry != nullptr; entry = entry->next)
            copy.push_back(entry->entry);
    }
    for (DeviceEntry const& entry : copy)
        visit(entry);
}

} // namespace vfs
