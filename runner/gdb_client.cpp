// The gdb remote protocol, spoken to QEMU.
#include "runner/gdb_client.hpp"

#include "runner/failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace runner {
namespace {

bool from_hex(std::string_view text, std::span<std::byte> into) {
    if (text.size() < 2 * into.size())
        return false;
    for (std::size_t i = 0; i < into.size(); ++i) {
        unsigned value = 0;
        auto const* const at = text.data() + 2 * i;
        if (std::from_chars(at, at + 2, value, 16).ptr != at + 2)
            return false;
        into[i] = static_cast<std::byte>(value);
    }
    return true;
}

} // namespace

std::string to_hex(std::span<std::byte const> bytes) {
    std::string text;
    for (auto const byte : bytes)
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

Descriptor connect_to(std::string const& path) {
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path)
        return {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // Safe because that is how socket addresses are passed.
    if (connect(socket.number(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
        return {};
    return socket;
}

std::string gdb_packet(std::string_view command) {
    unsigned sum = 0;
    for (char const character : command)
        sum += static_cast<unsigned char>(character);
    return fmt::format("${}#{:02x}", command, sum & 0xff);
}

GdbClient::GdbClient(Descriptor socket, std::chrono::milliseconds patience)
    : socket_(std::move(socket)), patience_(patience) {
    // A machine that ran says first that it has stopped.
    for (auto answer = ask("qSupported:xmlRegisters=i386"); !answer.starts_with("PacketSize");) {
        auto next = wait(patience_);
        if (!next)
            throw Failure("the gdb stub does not say what it supports");
        answer = std::move(*next);
    }
    ask("qXfer:features:read:target.xml:0,ffb"); // QEMU writes single registers only for those who
                                                 // did
}

void GdbClient::send(std::string_view command) {
    auto const packet = gdb_packet(command);
    if (::send(socket_.number(), packet.data(), packet.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(packet.size()))
        throw Failure("the gdb stub is gone");
}

void GdbClient::interrupt() {
    (void)::send(socket_.number(), "\x03", 1, MSG_NOSIGNAL);
}

std::optional<std::string> GdbClient::take_packet() {
    auto const start = received_.find('$');
    auto const end = received_.find('#', start);
    if (start == std::string::npos || end == std::string::npos || received_.size() < end + 3)
        return std::nullopt;
    auto packet = received_.substr(start + 1, end - start - 1);
    received_.erase(0, end + 3);
    (void)::send(socket_.number(), "+", 1, MSG_NOSIGNAL);
    return packet;
}

std::optional<std::string> GdbClient::wait(std::chrono::milliseconds limit) {
    for (;;) {
        if (auto packet = take_packet())
            return packet;
        pollfd one{socket_.number(), POLLIN, 0};
        if (poll(&one, 1, static_cast<int>(limit.count())) <= 0)
            return std::nullopt;
        std::array<char, 8192> block{};
        auto const got = ::read(socket_.number(), block.data(), block.size());
        if (got <= 0)
            throw Failure("the gdb stub is gone");
        received_.append(block.data(), static_cast<std::size_t>(got));
    }
}

std::string GdbClient::ask(std::string_view command) {
    send(command);
    auto answer = wait(patience_);
    if (!answer)
        throw Failure(fmt::format("the gdb stub does not answer '{}'", command));
    return std::move(*answer);
}

std::vector<std::string> GdbClient::cpus() {
    std::vector<std::string> names;
    // "m01", "m02", "l"; or several in one answer: "m01,02".
    for (auto answer = ask("qfThreadInfo"); answer.starts_with('m'); answer = ask("qsThreadInfo"))
        for (std::size_t at = 1; at < answer.size();) {
            auto const end = std::min(answer.find(',', at), answer.size());
            names.push_back(answer.substr(at, end - at));
            at = end + 1;
        }
    return names;
}

void GdbClient::select(std::string const& cpu) {
    if (ask("Hg" + cpu) != "OK")
        throw Failure(fmt::format("the gdb stub knows no CPU {}", cpu));
}

std::vector<std::byte> GdbClient::register_bytes() {
    auto const answer = ask("g");
    std::vector<std::byte> bytes(answer.size() / 2);
    if (answer.starts_with('E') || !from_hex(answer, bytes))
        throw Failure("the gdb stub gives no registers");
    return bytes;
}

bool GdbClient::read(std::uint64_t address, std::span<std::byte> into) {
    auto const answer = ask(fmt::format("m{:x},{:x}", address, into.size()));
    return !answer.starts_with('E') && from_hex(answer, into);
}

void GdbClient::write(std::uint64_t address, std::span<std::byte const> bytes) {
    ask(fmt::format("M{:x},{:x}:{}", address, bytes.size(), to_hex(bytes)));
}

} // namespace runner
