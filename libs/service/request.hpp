// What svc asks init for: a line in a FIFO.
//
//     \nID COMMAND NAME\n
//
// The leading end of line ends whatever a broken client left behind. ID names the FIFO for the
// answer, whose first line is the exit code of svc, and whose rest is what it prints.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/string.hpp"

#include <optional>
#include <string_view>

namespace service {

enum class Verb : u8 { list, status, log, start, stop, restart, reload, shutdown, reboot };

struct Request {
    u32 id = 0;
    Verb verb = Verb::list;
    std::string_view name; ///< empty when there is none
};

/// By what it is called, as "start".
std::optional<Verb> find_verb(std::string_view word);
std::string_view verb_name(Verb verb);
/// Whether it goes with a name: always, or (status) perhaps.
bool takes_name(Verb verb);
bool needs_name(Verb verb);

/// Nothing for a line that is no request.
std::optional<Request> parse_request(std::string_view line);
String request_text(Request const& request);

/// Cuts what comes out of the FIFO into lines. Lines that are too long are dropped.
class RequestLines {
public:
    void take(std::string_view bytes, FunctionRef<void(std::string_view)> line);

private:
    static constexpr usize longest = 128;

    String partial_;
    bool too_long_ = false;
};

} // namespace service
