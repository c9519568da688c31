// Unpacks an initramfs and keeps one file.
#include "runner/guest_file.hpp"

#include "libs/cpio/cpio.hpp"

namespace runner {
namespace {

constexpr int most_links = 4;

std::string_view last_part(std::string_view path) {
    auto const slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

class OneFile final : public cpio::Visitor {
public:
    explicit OneFile(std::string_view name) : name_(name) {}

    Result<void> entry(cpio::Entry const& entry) override {
        takes_ = last_part(entry.name) == name_ && entry.size != 0;
        if (takes_)
            content.clear();
        if (last_part(entry.name) == name_ && !entry.target.empty())
            other = last_part(entry.target);
        if (last_part(entry.name) == name_ && !entry.same_as.empty())
            other = last_part(entry.same_as);
        return {};
    }

    Result<void> data(ConstBytes bytes) override {
        if (takes_)
            content += text_of(bytes);
        return {};
    }

    Result<void> finished() override { return {}; }

    std::string content;
    std::string other; ///< where its content is

private:
    std::string_view name_;
    bool takes_ = false;
};

} // namespace

std::string guest_file(std::string_view initramfs, std::string const& name) {
    auto wanted = name;
    for (int links = 0; links < most_links; ++links) {
        OneFile file(wanted);
        (void)cpio::unpack(bytes_of(initramfs), file);
        if (!file.content.empty() || file.other.empty() || file.other == wanted)
            return file.content;
        wanted = file.other;
    }
    return {};
}

} // namespace runner
