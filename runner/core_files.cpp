// Core dumps as they come out of the machine, into files.
#include "runner/core_files.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace runner {
namespace {

constexpr std::size_t longest_line = 512;

struct Header {
    std::string name;
    std::uint64_t size = 0;
};

/// The guest chose the name: it must stay in the directory.
std::optional<Header> parse(std::string_view line) {
    auto const space = line.rfind(' ');
    if (space == line.npos)
        return std::nullopt;
    Header header{std::string(line.substr(0, space)), 0};
    auto const* const end = line.data() + line.size();
    auto const [stop, error] = std::from_chars(line.data() + space + 1, end, header.size);
    if (error != std::errc() || stop != end || !header.name.starts_with("core.") ||
        header.name.size() > 255 ||
        header.name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
        return std::nullopt;
    return header;
}

} // namespace

void CoreFiles::feed(std::string_view bytes) {
    while (!bytes.empty() && !failed_) {
        if (file_) {
            auto const piece = bytes.substr(0, left_);
            take(piece);
            bytes.remove_prefix(piece.size());
            continue;
        }
        auto const newline = bytes.find('\n');
        line_ += bytes.substr(0, newline);
        bytes.remove_prefix(newline == bytes.npos ? bytes.size() : newline + 1);
        if (newline != bytes.npos || line_.size() > longest_line)
            begin(std::exchange(line_, {}));
    }
}

void CoreFiles::begin(std::string const& line) {
    auto const header = parse(line);
    if (!header) {
        messages_.push_back("the kernel's core dumps make no sense; they end here");
        failed_ = true;
        return;
    }
    path_ = directory_ + "/" + header->name;
    left_ = header->size;
    // A program's memory is nobody else's business.
    file_ = Descriptor(
        open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_)
        fail();
    else if (left_ == 0)
        end();
}

void CoreFiles::take(std::string_view bytes) {
    left_ -= bytes.size();
    if (std::ranges::all_of(bytes, [](char byte) { return byte == 0; })) {
        // Most of a stack was never touched: a hole.
        if (auto const end = lseek(file_.number(), static_cast<off_t>(bytes.size()), SEEK_CUR);
            end < 0 || ftruncate(file_.number(), end) != 0)
            return fail();
        bytes = {};
    }
    while (!bytes.empty()) {
        auto const written = write(file_.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail();
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (left_ == 0)
        end();
}

void CoreFiles::fail() {
    messages_.push_back(fmt::format("cannot write {}: {}", path_, std::strerror(errno)));
    failed_ = true;
}

void CoreFiles::end() {
    file_.close();
    messages_.push_back(fmt::format("core file: {}", path_));
}

std::vector<std::string> CoreFiles::finish() {
    if (file_ && !failed_)
        messages_.push_back(
            fmt::format("{}: the machine ended before the last {} bytes", path_, left_));
    return std::move(messages_);
}

} // namespace runner
