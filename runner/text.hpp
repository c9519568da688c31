// Text helpers without I/O: quoting for the guest's shell and for JSON, and splitting a byte stream
// into lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// `word` as one word of a POSIX shell.
std::string shell_quote(std::string_view word);
std::string shell_quote(std::vector<std::string> const& words);

/// As a string of JSON, with its quotes.
std::string json_text(std::string_view text);

/// Cuts a stream that arrives in pieces into lines, without their "\n" or "\r\n".
class LineSplitter {
public:
    /// Feeds a piece and returns the lines that are complete now.
    std::vector<std::string> feed(std::string_view piece);

    /// What came after the last newline.
    std::string const& rest() const { return rest_; }

private:
    std::string rest_;
};

} // namespace runner
