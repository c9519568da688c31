// The gdb remote protocol, as far as faults need it.
#include "tests/faults/gdb_client.hpp"

#include "runner/failure.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace faults {
namespace {

constexpr auto patience = std::chrono::seconds(60); ///< for an answer of a machine that stands

std::string hex(std::span<std::byte const> bytes) {
    std::string text;
    for (auto const byte : bytes)
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

bool from_hex(std::string_view text, std::span<std::byte> into) {
    if (text.size() < 2 * into.size())
        return false;
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] =
            static_cast<std::byte>(std::stoul(std::string(text.substr(2 * i, 2)), nullptr, 16));
    return true;
}

std::string hex_word(u64 value) {
    return hex(std::as_bytes(std::span(&value, 1)));
}

} // namespace

std::string gdb_packet(std::string_view command) {
    unsigned sum = 0;
    for (char const character : command)
        sum += static_cast<unsigned char>(character);
    return fmt::format("${}#{:02x}", command, sum & 0xff);
}

GdbClient::GdbClient(runner::Descriptor socket) : socket_(std::move(socket)) {
    ask("qSupported:xmlRegisters=i386");
    ask("qXfer:features:read:target.xml:0,ffb"); // QEMU writes single registers only for those who
                                                 // did
}

void GdbClient::send(std::string_view command) {
    auto const packet = gdb_packet(command);
    if (::send(socket_.number(), packet.data(), packet.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(packet.size()))
        throw runner::Failure("the gdb stub is gone");
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
            throw runner::Failure("the gdb stub is gone");
        received_.append(block.data(), static_cast<std::size_t>(got));
    }
}

std::string GdbClient::ask(std::string_view command) {
    send(command);
    auto answer = wait(patience);
    if (!answer)
        throw runner::Failure(fmt::format("the gdb stub does not answer '{}'", command));
    return std::move(*answer);
}

Registers GdbClient::registers() {
    Registers result;
    if (!from_hex(ask("g"), std::as_writable_bytes(std::span(result.values))))
        throw runner::Failure("the gdb stub gives no registers");
    return result;
}

void GdbClient::set_register(unsigned number, u64 value) {
    ask(fmt::format("P{:x}={}", number, hex_word(value)));
}

bool GdbClient::read(u64 address, std::span<std::byte> into) {
    auto const answer = ask(fmt::format("m{:x},{:x}", address, into.size()));
    return !answer.starts_with('E') && from_hex(answer, into);
}

void GdbClient::write(u64 address, std::span<std::byte const> bytes) {
    ask(fmt::format("M{:x},{:x}:{}", address, bytes.size(), hex(bytes)));
}

void GdbClient::set_breakpoint(u64 address) {
    ask(fmt::format("Z1,{:x},1", address));
}

void GdbClient::remove_breakpoint(u64 address) {
    ask(fmt::format("z1,{:x},1", address));
}

} // namespace faults
