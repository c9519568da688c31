// Descriptor tables: reserve first, install when nothing can fail any more, close outside the lock.
#include "kernel/process/descriptors.hpp"

#include "kernel/process/sound.hpp"
#include "kernel/vfs/file_locks.hpp"
#include "libs/base/persist.hpp"

#include <algorithm>

namespace process {

Reservation::Reservation(Ref<Descriptors> table, Fd number, OnExec on_exec)
    : table_(std::move(table)), number_(number), on_exec_(on_exec) {}

Reservation::Reservation(Reservation&& other)
    : table_(std::move(other.table_)), number_(other.number_), on_exec_(other.on_exec_) {}

Reservation::~Reservation() {
    if (table_)
        persist([this] { table_->give_back(number_); });
}

Fd Reservation::install(Ref<vfs::File> file) && {
    auto const table = std::move(table_);
    table->install(number_, std::move(file), on_exec_);
    return number_;
}

Descriptors::~Descriptors() {
    close_all();
}

Result<Ref<Descriptors>> Descriptors::clone() {
    auto copy = TRY(try_make_ref<Descriptors>());
    Vector<Slot> copied; // filled under our lock, moved under the copy's: never both at once
    for (usize wanted = slots();;) {
        while (copied.size() < wanted)
            copied.emplace_back();
        auto const from = table_.lock();
        if (from->slots.size() > wanted) {
            wanted = from->slots.size();
            continue;
        }
        for (usize i = 0; i < from->slots.size(); ++i)
            if (auto const& slot = from->slots[i]; slot.file)
                copied[i] = {slot.file, slot.on_exec, false};
        break;
    }
    copy->table_.lock()->slots.swap(copied);
    return copy;
}

Result<Ref<vfs::File>> Descriptors::find_any(Fd fd) {
    auto const table = table_.lock();
    auto const index = static_cast<usize>(std::to_underlying(fd));
    if (index >= table->slots.size() || !table->slots[index].file)
        return fail(Errno::ebadf);
    return table->slots[index].file;
}

Result<Ref<vfs::File>> Descriptors::find(Fd fd) {
    auto file = TRY(find_any(fd));
    if (file->is_path_only())
        return fail(Errno::ebadf);
    return file;
}

Result<void> Descriptors::grow(usize wanted) {
    if (table_.lock()->slots.size() >= wanted)
        return {};
    // The larger array is made before the lock is taken, and the old one freed after.
    Vector<Slot> larger;
    larger.reserve(std::max<usize>(wanted, 32));
    auto const table = table_.lock();
    if (table->slots.size() >= wanted)
        return {};
    for (auto& slot : table->slots)
        larger.push_back(std::move(slot));
    while (larger.size() < larger.capacity())
        larger.emplace_back();
    table->slots.swap(larger);
    return {};
}

Result<Reservation> Descriptors::reserve(u64 limit, OnExec on_exec, int lowest) {
    u64 const end = std::min(limit, most);
    if (lowest < 0 || static_cast<u64>(lowest) >= end)
        return fail(lowest == 0 ? Errno::emfile : Errno::einval);
    for (;;) {
        usize index = 0;
        {
            auto const table = table_.lock();
            index = std::max(static_cast<usize>(lowest), table->lowest_free);
            while (index < table->slots.size() &&
                   (table->slots[index].file || table->slots[index].reserved))
                ++index;
            if (index >= end)
                return fail(Errno::emfile);
            if (index < table->slots.size()) {
                table->slots[index].reserved = true;
                if (static_cast<usize>(lowest) <= table->lowest_free)
                    table->lowest_free = index + 1;
                return Reservation(Ref<Descriptors>::share(this), static_cast<Fd>(index), on_exec);
            }
        }
        TRY(grow(std::min<u64>(std::max<usize>(index + 1, index * 2), end)));
    }
}

void Descriptors::give_back(Fd number) {
    auto const table = table_.lock_even_poisoned();
    auto const index = static_cast<usize>(std::to_underlying(number));
    table->slots[index].reserved = false;
    table->lowest_free = std::min(table->lowest_free, index);
}

void Descriptors::install(Fd number, Ref<vfs::File> file, OnExec on_exec) {
    auto const table = table_.lock();
    auto& slot = table->slots[static_cast<usize>(std::to_underlying(number))];
    slot.file = std::move(file);
    slot.on_exec = on_exec;
    slot.reserved = false;
}

Result<Fd> Descriptors::replace(Fd number, Ref<vfs::File> file, OnExec on_exec, u64 limit) {
    auto const index = static_cast<u64>(static_cast<u32>(std::to_underlying(number)));
    if (index >= std::min(limit, most))
        return fail(Errno::ebadf);
    TRY(grow(index + 1));
    {
        auto const table = table_.lock();
        auto& slot = table->slots[index];
        if (slot.reserved)
            return fail(Errno::ebusy);
        std::swap(slot.file, file);
        slot.on_exec = on_exec;
    }
    if (file)
        static_cast<void>(finish_close(file)); // dup2 does not report it
    return number;
}

Result<void> Descriptors::finish_close(Ref<vfs::File> const& file) {
    if (!file->is_path_only())
        vfs::release_record_locks(file->inode(), this);
    return file->flush();
}

Result<void> Descriptors::close(Fd fd) {
    Ref<vfs::File> file;
    {
        auto const table = table_.lock();
        auto const index = static_cast<usize>(std::to_underlying(fd));
        if (index >= table->slots.size() || !table->slots[index].file)
            return fail(Errno::ebadf);
        std::swap(file, table->slots[index].file);
        table->lowest_free = std::min(table->lowest_free, index);
    }
    return finish_close(file);
}

void Descriptors::close_range(u32 first, u32 last) {
    for (u64 at = first; at <= last;) {
        auto used = next_used(static_cast<int>(std::min<u64>(at, INT32_MAX)));
        if (!used || static_cast<u32>(used->number) > last)
            return;
        at = static_cast<u32>(used->number) + 1;
        static_cast<void>(close(used->number));
    }
}

void Descriptors::set_close_on_exec_range(u32 first, u32 last) {
    auto const table = table_.lock();
    for (usize i = first; i < table->slots.size() && i <= last; ++i)
        table->slots[i].on_exec = OnExec::close;
}

void Descriptors::close_all() noexcept {
    usize i = 0;
    persevere([&] {
        for (usize const count = table_.lock_even_poisoned()->slots.size(); i < count; ++i) {
            Ref<vfs::File> file;
            table_.lock_even_poisoned()->slots[i].file.exchange(file);
            if (file)
                static_cast<void>(finish_close(file));
        }
    });
}

void Descriptors::close_on_exec() {
    usize const count = slots();
    for (usize i = 0; i < count; ++i) {
        Ref<vfs::File> file;
        {
            auto const table = table_.lock();
            if (table->slots[i].on_exec != OnExec::close || !table->slots[i].file)
                continue;
            std::swap(file, table->slots[i].file);
            table->lowest_free = std::min(table->lowest_free, i);
        }
        static_cast<void>(finish_close(file));
    }
}

Result<OnExec> Descriptors::on_exec(Fd fd) {
    auto const table = table_.lock();
    auto const index = static_cast<usize>(std::to_underlying(fd));
    if (index >= table->slots.size() || !table->slots[index].file)
        return fail(Errno::ebadf);
    return table->slots[index].on_exec;
}

Result<void> Descriptors::set_on_exec(Fd fd, OnExec on_exec) {
    auto const table = table_.lock();
    auto const index = static_cast<usize>(std::to_underlying(fd));
    if (index >= table->slots.size() || !table->slots[index].file)
        return fail(Errno::ebadf);
    table->slots[index].on_exec = on_exec;
    return {};
}

std::optional<Descriptors::Used> Descriptors::next_used(int from) {
    auto const table = table_.lock();
    for (usize i = static_cast<usize>(std::max(from, 0)); i < table->slots.size(); ++i)
        if (auto const& slot = table->slots[i]; slot.file)
            return Used{static_cast<Fd>(i), slot.file, slot.on_exec};
    return std::nullopt;
}

usize Descriptors::slots() {
    return table_.lock()->slots.size();
}

} // namespace process
