// The terminal of the person in front of the machine: tty1, on the screen and the keyboard.
#include "kernel/drivers/framebuffer/console.hpp"

#include "kernel/device/registers.hpp"
#include "kernel/drivers/framebuffer/driver.hpp"
#include "kernel/task/log_waiters.hpp"

#include <algorithm>

namespace framebuffer {
namespace {

constexpr u32 tty_major = 4; // as on Linux

/// For the report of a kernel that stops.
constinit Atomic<Console*> the_console{nullptr};

} // namespace

Result<Box<device::Device>> Console::start() {
    auto const& shape = arch::boot_info().framebuffer;
    if (!shape)
        return fail(Errno::enodev);
    Bytes const memory = TRY(device::map_memory(shape->start, shape->size()));
    Picture const picture(*shape, memory);
    if (picture.rows() == 0 || picture.columns() == 0)
        return fail(Errno::einval);
    auto console = make<Console>(picture);
    TRY(console->begin());
    return Box<device::Device>(std::move(console));
}

Console::Console(Picture const& picture)
    : picture_(picture),
      screen_(picture.rows(), picture.columns()),
      shown_(usize{picture.rows()} * picture.columns()),
      row_(picture.columns()) {}

Result<void> Console::begin() {
    picture_.clear();
    terminal_ = make_ref<terminal::Terminal>(vfs::DeviceNumber{tty_major, 1}, "tty1", *this);
    terminal_->set_window_size(uapi::WindowSize{.rows = static_cast<u16>(picture_.rows()),
                                                .columns = static_cast<u16>(picture_.columns())});
    TRY(terminal::register_terminal(terminal_, 0620));
    // The terminal that is in front, which is always this one.
    TRY(terminal::register_alias(vfs::DeviceNumber{tty_major, 0}, "tty0", terminal_));
    device::set_key_listener(*this);
    the_console.store(this);
    klog::set_panic_output(panic_line);
    work_.schedule();
    klog::info("tty1: {} by {} characters", picture_.columns(), picture_.rows());
    return {};
}

usize Console::write(ConstBytes bytes) {
    screen_.lock()->feed(bytes);
    work_.schedule();
    return bytes.size();
}

void Console::key(keyboard::Press const& press) {
    {
        auto const presses = presses_.lock();
        if (presses->count == std::size(presses->waiting))
            return;
        presses->waiting[presses->count++] = press;
    }
    work_.schedule();
}

void Console::work(void* self) {
    auto& console = *static_cast<Console*>(self);
    console.take_keys();
    console.take_answers();
    console.give_input();
    console.add_log();
    console.draw();
}

void Console::take_keys() {
    Presses taken;
    {
        auto const presses = presses_.lock();
        taken = *presses;
        presses->count = 0;
    }
    bool const application = screen_.lock()->application_cursor_keys();
    for (auto const& press : Slice(taken.waiting).first(taken.count)) {
        auto const bytes = keyboard::bytes_of_press(press, application);
        for (char const byte : bytes.view())
            input_.push_back(static_cast<std::byte>(byte));
    }
}

/// Answers to questions such as where the cursor is arrive as if somebody had typed them.
void Console::take_answers() {
    std::byte answers[64];
    usize const count = screen_.lock()->take_answers(answers);
    for (std::byte const byte : ConstBytes(answers).first(count))
        input_.push_back(byte);
}

/// What the line discipline does not accept stays until input_wanted(); more than a line of it is
/// dropped.
void Console::give_input() {
    constexpr usize most_kept = 4096;
    if (input_.empty())
        return;
    usize const accepted = terminal_->receive(ConstBytes(input_.data(), input_.size()));
    std::copy(input_.begin() + accepted, input_.end(), input_.begin());
    input_.resize(std::min(input_.size() - accepted, most_kept));
}

void Console::show_log() {
    if (log_wanted_.exchange(true))
        return;
    task::log_waiters().add(log_entry_);
    work_.schedule();
}

void Console::record_added(ksync::WaitEntry& entry) {
    static_cast<Console*>(entry.context())->work_.schedule();
}

void Console::add_log() {
    if (!log_wanted_.load())
        return;
    char text[klog::Ring::longest_text];
    while (auto const record = klog::read(log_cursor_, text)) {
        if (static_cast<u32>(record->level) >= klog::console_level())
            continue;
        char line[klog::line_limit + 64];
        BufferSink sink(line);
        klog::format_record(sink, *record);
        auto const screen = screen_.lock();
        screen->feed(bytes_of(sink.text()));
        screen->feed(bytes_of("\r\n"));
    }
}

void Console::draw() {
    for (u32 row = 0; row < picture_.rows(); ++row) {
        {
            auto const screen = screen_.lock();
            if (!screen->take_changed(row))
                continue;
            auto const cells = screen->row(row);
            std::copy(cells.begin(), cells.end(), row_.begin());
            if (screen->cursor_visible() && screen->cursor().row == row) {
                auto& under = row_[screen->cursor().column];
                std::swap(under.foreground, under.background);
            }
        }
        for (u32 column = 0; column < picture_.columns(); ++column) {
            auto& shown = shown_[usize{row} * picture_.columns() + column];
            if (shown == row_[column])
                continue;
            shown = row_[column];
            picture_.draw({row, column}, shown);
        }
    }
}

/// Straight into the picture: whoever held the screen's lock may have been stopped.
void Console::panic_line(std::string_view line) noexcept {
    auto& console = *the_console.load();
    console.picture_.draw_alarm(console.panic_row_, line);
    console.panic_row_ = (console.panic_row_ + 1) % console.picture_.rows();
}

constinit device::PlatformDriver const driver{.name = "console on the screen",
                                              .start = Console::start};

} // namespace framebuffer
