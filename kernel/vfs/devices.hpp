// Character and block devices by number: what opening a device node opens, and what devtmpfs shows.
#pragma once

#include "kernel/vfs/file.hpp"

namespace vfs {

/// Opens the device. `place` is the node that was opened, `flags` as open(2) had them.
using OpenDevice = Result<Ref<File>> (*)(DeviceNumber number, Place const& place, OpenFlags flags);

struct DeviceEntry {
    DeviceNumber number;
    Kind kind = Kind::character_device;
    String name; ///< below /dev: "null", "pts/ptmx"; empty: no node
    u32 permissions = 0600;
    OpenDevice open = nullptr;
};

/// EBUSY when the number is taken.
Result<void> register_device(DeviceEntry const& entry);
Result<void> register_character_device(u32 major, u32 minor, std::string_view name, OpenDevice open,
                                       u32 permissions = 0600);
/// Every minor of a major that has no entry of its own; no node appears.
Result<void> register_character_major(u32 major, OpenDevice open);
void unregister_device(Kind kind, DeviceNumber number);

/// ENXIO when no driver claims the number.
Result<Ref<File>> open_device(Kind kind, DeviceNumber number, Place const& place, OpenFlags flags);

/// devtmpfs: told about each device there is, then about those that come and go.
class DeviceListener {
public:
    virtual void added(DeviceEntry const& device) = 0;
    virtual void removed(DeviceEntry const& device) = 0;

protected:
    ~DeviceListener() = default;
};

void listen_to_devices(DeviceListener& listener);
/// For /proc/devices.
void for_each_device(FunctionRef<void(DeviceEntry const&)> visit);

} // namespace vfs
