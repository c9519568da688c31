// cat: writes files to standard output, one after the other.
#include "user/options/options.hpp"
#include "user/os/file.hpp"

namespace {

constexpr Option options[] = {{'n', "number", "number the lines"}};

/// Numbers go on from file to file.
class Numberer {
public:
    explicit Numberer(os::BufferedOut& out) : out_(out) {}

    void write(std::string_view text) {
        while (!text.empty()) {
            if (at_start_)
                out_.print("{:6}\t", ++line_);
            auto const end = text.find('\n');
            at_start_ = end != text.npos;
            auto const part = text.substr(0, at_start_ ? end + 1 : text.size());
            out_.write(part);
            text.remove_prefix(part.size());
        }
    }

private:
    os::BufferedOut& out_;
    u64 line_ = 0;
    bool at_start_ = true;
};

/// Copying a file to its own end would never end.
bool is_output(os::FileStatus const& input, Result<os::FileStatus> const& output) {
    return output && input.type == os::FileType::regular && input.size != 0 &&
           input.inode == output->inode && input.device == output->device;
}

bool show(os::File const& file, std::string_view name, Numberer* numberer) {
    static char buffer[64 * 1024];
    auto const bytes = std::as_writable_bytes(std::span(buffer));
    for (;;) {
        auto const count = file.read(bytes);
        if (!count) {
            complain(name, count.error());
            return true;
        }
        if (*count == 0)
            return true;
        if (numberer != nullptr)
            numberer->write({buffer, *count});
        else if (auto const written = os::out.write({buffer, *count}); !written) {
            complain("standard output", written.error());
            return false;
        }
    }
}

} // namespace

int main() {
    CommandLine const line("[FILE]...",
                           "Writes files to standard output. `-`, or no FILE, is standard input.",
                           options);
    os::BufferedOut out(os::out);
    Numberer numberer(out);
    auto const output = os::status("/proc/self/fd/1");
    Vector<std::string_view> names = line.operands();
    if (names.empty())
        names.push_back("-");
    for (auto const name : names) {
        auto file =
            name == "-" ? Result<os::File>(os::File(os::Handle(Fd(0)))) : os::File::open(name);
        if (!file) {
            complain(name, file.error());
            continue;
        }
        auto const status = file->status();
        if (status && is_output(*status, output))
            complain(name, "is also the output");
        else if (status && status->type == os::FileType::directory)
            complain(name, Error(Errno::eisdir));
        else if (!show(*file, name, line.has('n') ? &numberer : nullptr))
            break;
        if (name == "-")
            (void)std::move(*file).into_handle().release();
    }
    out.flush();
    return exit_status();
}
