// LogRing: the last 64 KiB of whole lines that a service wrote.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

namespace service {

class LogRing {
public:
    static constexpr usize capacity = 65536;
    static constexpr usize longest_line = 1024;

    /// Takes bytes as they come and calls `line` for each line that they end, without its end.
    /// Longer ones are cut in pieces of longest_line; control characters but tabs become '?'.
    void write(std::string_view bytes, FunctionRef<void(std::string_view)> line);
    /// Ends the line that was begun, if there is one.
    void finish_line(FunctionRef<void(std::string_view)> line);
    /// A whole line.
    void add(std::string_view line);

    /// The lines that are still there, each with its end.
    String text() const;

    u64 lines() const { return lines_; }

private:
    void put(char character);

    Vector<char> bytes_; ///< grows to capacity, then is a ring
    usize start_ = 0;    ///< of the oldest byte, once it is one
    String partial_;
    u64 lines_ = 0;
};

} // namespace service
