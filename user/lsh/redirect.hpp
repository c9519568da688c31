// Redirections of a command, undone at its end.
#pragma once

#include "user/lsh/shell.hpp"

namespace lsh {

class Redirected {
public:
    explicit Redirected(Shell& shell) : shell_(shell) {}

    Redirected(Redirected const&) = delete;

    /// Puts the descriptors back.
    ~Redirected() { undo(); }

    /// False if one cannot be done, which has been said.
    bool apply(Vector<Redirection> const& list);

    /// They stay, as for `exec >file`.
    void keep();

    void undo();

private:
    struct Saved {
        Fd fd;
        os::Handle copy; ///< empty: it was closed
    };

    bool apply(Redirection const& one);
    bool lead(Fd fd, os::Handle target);
    bool duplicate(Redirection const& one, std::string_view target);
    bool here_document(Redirection const& one);
    void save(Fd fd);
    bool problem(Redirection const& one, String message);

    Shell& shell_;
    Vector<Saved> saved_;
};

} // namespace lsh
