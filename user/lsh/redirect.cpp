// Opens files and moves descriptors for < > >> 2>&1 &> and here-documents.
#include "user/lsh/redirect.hpp"

#include "libs/shell/parser.hpp"
#include "user/os/file.hpp"

#include <utility>

namespace lsh {
namespace {

using Kind = Redirection::Kind;
using os::Open;

Flags<Open> flags_of(Kind kind) {
    switch (kind) {
    case Kind::input:
        return {};
    case Kind::both:
        return Open::read_write | Flags(Open::create);
    case Kind::append:
    case Kind::append_errors:
        return Open::write_only | Flags(Open::create) | Open::append;
    default:
        return Open::write_only | Flags(Open::create) | Open::truncate;
    }
}

} // namespace

bool Redirected::apply(Vector<Redirection> const& list) {
    for (auto const& one : list)
        if (!apply(one))
            return false;
    return true;
}

bool Redirected::problem(Redirection const& one, String message) {
    shell_.report({one.target->source, one.at, std::move(message)});
    return false;
}

void Redirected::save(Fd fd) {
    for (auto const& saved : saved_)
        if (saved.fd == fd)
            return;
    auto copy = system::duplicate_high(fd);
    saved_.push_back({fd, copy ? std::move(*copy) : os::Handle()});
}

bool Redirected::lead(Fd fd, os::Handle target) {
    save(fd);
    if (target.fd() == fd) { // it was free
        (void)system::duplicate(fd, fd);
        (void)target.release();
        return true;
    }
    return system::duplicate(target.fd(), fd).has_value();
}

bool Redirected::apply(Redirection const& one) {
    if (one.kind == Kind::here_document)
        return here_document(one);
    auto const target = shell::expand_text(shell_, *one.target);
    if (!target) {
        shell_.give_up(target.error());
        return false;
    }
    bool const with_errors =
        one.kind == Kind::output_errors || one.kind == Kind::append_errors ||
        (one.kind == Kind::duplicate && one.descriptor == 1 && *target != "-" &&
         (target->empty() || !shell::is_digit((*target)[0])));
    if (one.kind == Kind::duplicate && !with_errors)
        return duplicate(one, *target);
    auto flags = flags_of(one.kind);
    if (one.kind == Kind::output && shell_.options.no_clobber) {
        auto const there = os::status(*target);
        if (there && there->type == os::FileType::regular)
            return problem(one, format("{}: it is there already, and `set -C` is on", *target));
    }
    auto file = os::File::open(*target, flags);
    if (!file)
        return problem(one, format("{}: {}", *target, os::describe(file.error().code())));
    Fd const fd = with_errors ? Fd(1) : Fd(one.descriptor);
    if (!lead(fd, std::move(*file).into_handle()))
        return problem(one, "no more descriptors");
    if (with_errors) {
        save(Fd(2));
        return system::duplicate(Fd(1), Fd(2)).has_value();
    }
    return true;
}

bool Redirected::duplicate(Redirection const& one, std::string_view target) {
    auto const fd = static_cast<Fd>(one.descriptor);
    if (target == "-") {
        save(fd);
        system::close(fd);
        return true;
    }
    auto const number = shell::parse_integer(target);
    auto const from =
        static_cast<Fd>(number && *number >= 0 && *number <= 9 ? static_cast<int>(*number) : -1);
    if (!system::is_open(from))
        return problem(one, format("{}: no open descriptor", target));
    save(fd);
    return system::duplicate(from, fd).has_value();
}

/// The text goes through a pipe when it fits into one, else through a file without a name.
bool Redirected::here_document(Redirection const& one) {
    constexpr usize surely_fits = 4096;
    auto const text = shell::expand_text(shell_, *one.target);
    if (!text) {
        shell_.give_up(text.error());
        return false;
    }
    if (text->size() <= surely_fits) {
        auto pipe = os::make_pipe();
        if (!pipe || !pipe->write_end.write(*text))
            return problem(one, "no pipe for the here-document");
        return lead(Fd(one.descriptor), std::move(pipe->read_end).into_handle());
    }
    String const path = format("/tmp/lsh-{}", system::process_id());
    auto file = os::File::open(path, Open::read_write | Flags(Open::create) | Open::exclusive,
                               os::Mode(0600));
    if (!file)
        return problem(one, format("{}: {}", path, os::describe(file.error().code())));
    (void)os::remove(path);
    if (!file->write(*text) || !file->seek(0))
        return problem(one, "the here-document cannot be written");
    return lead(Fd(one.descriptor), std::move(*file).into_handle());
}

void Redirected::keep() {
    saved_.clear();
}

void Redirected::undo() {
    while (!saved_.empty()) {
        auto& last = saved_.back();
        if (last.copy)
            (void)system::duplicate(last.copy.fd(), last.fd);
        else
            system::close(last.fd);
        saved_.pop_back();
    }
}

} // namespace lsh
