// Keeps the last lines of a service.
#include "libs/service/log_ring.hpp"

namespace service {

void LogRing::write(std::string_view bytes, FunctionRef<void(std::string_view)> line) {
    for (char const character : bytes) {
        if (character == '\n' || partial_.size() == longest_line) {
            add(partial_);
            line(partial_);
            partial_.clear();
        }
        if (character == '\n')
            continue;
        bool const control =
            (static_cast<u8>(character) < 0x20 && character != '\t') || character == 0x7f;
        if (character != '\r')
            partial_.push_back(control ? '?' : character);
    }
}

void LogRing::finish_line(FunctionRef<void(std::string_view)> line) {
    if (!partial_.empty())
        write("\n", line);
}

void LogRing::add(std::string_view line) {
    for (char const character : line)
        put(character);
    put('\n');
    ++lines_;
}

void LogRing::put(char character) {
    if (bytes_.size() < capacity) {
        bytes_.push_back(character);
        return;
    }
    bytes_[start_] = character;
    start_ = (start_ + 1) % capacity;
}

String LogRing::text() const {
    String text;
    bool whole = bytes_.size() < capacity; // else the oldest line has lost its start
    for (usize i = 0; i < bytes_.size(); ++i) {
        char const character = bytes_[(start_ + i) % bytes_.size()];
        if (whole)
            text.push_back(character);
        whole |= character == '\n';
    }
    return text;
}

} // namespace service
