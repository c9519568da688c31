// Writes JSON (RFC 8259) into a fixed buffer: what is there is whole at every moment.
#pragma once

#include "libs/base/types.hpp"

#include <concepts>
#include <span>
#include <string_view>

namespace json {

/// Builds a value, or the members of an object without its braces (those of a log record's data).
///
///     json::Builder line(buffer);
///     line.open('{').text("name", "init").number("pid", 1).close();
///     line.view()    {"name":"init","pid":1}
///
/// A member that does not fit is left out and counted; text is cut instead. Room for closing what
/// is open is kept back, so close() always works. Allocates nothing.
class Builder {
public:
    explicit Builder(std::span<char> buffer) : buffer_(buffer) {}

    /// Within an array, `key` is empty. Bytes that are no UTF-8 become U+FFFD, one each.
    Builder& text(std::string_view key, std::string_view value);

    template <std::integral T>
    Builder& number(std::string_view key, T value) {
        if constexpr (std::signed_integral<T>)
            return integer(key,
                           value < 0 ? u64{0} - static_cast<u64>(value) : static_cast<u64>(value),
                           value < 0);
        else
            return integer(key, value, false);
    }

    /// As "0x1f": JSON's numbers are not exact beyond 2^53.
    Builder& address(std::string_view key, u64 value);
    /// `value` is JSON.
    Builder& raw(std::string_view key, std::string_view value);
    /// Members that another Builder wrote.
    Builder& members(std::string_view list);

    /// '{' or '['. What is put into one that did not fit is left out.
    Builder& open(char bracket, std::string_view key = {});
    Builder& close();

    std::string_view view() const { return {buffer_.data(), size_}; }

    usize left_out() const { return left_out_; }

private:
    static constexpr usize deepest = 8;

    Builder& integer(std::string_view key, u64 magnitude, bool negative);
    bool begin(std::string_view key, usize least);
    bool put(std::string_view bytes);
    void put_escaped(std::string_view value);

    usize room() const { return buffer_.size() - size_ - depth_ - reserved_; }

    std::span<char> buffer_;
    usize size_ = 0;
    usize depth_ = 0;
    usize skipped_ = 0; ///< open brackets that are not there
    usize reserved_ = 0;
    usize left_out_ = 0;
    char closers_[deepest] = {};
};

} // namespace json
