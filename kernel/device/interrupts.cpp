// Dispatches device interrupts and contains what their handlers do wrong.
#include "kernel/device/interrupts.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/random/random.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/sync/poison.hpp"
#include "libs/base/box.hpp"
#include "libs/base/retry.hpp"

#include <new>

namespace device {

/// One interrupt number. The list of handlers is read without a lock; `running` tells a handler
/// that was taken out when nobody can be inside it any more.
struct InterruptLine {
    Atomic<InterruptHandler*> first{nullptr};
    Atomic<u32> running{0};
    Atomic<Atomic<u64>*> counts{nullptr}; ///< by CPU; made with the first handler, never freed
    Atomic<u32> unclaimed{0};             ///< in a row

    void dispatch(arch::Irq irq);
    InterruptInfo info() const;
    static bool contain(InterruptHandler const& handler, FunctionRef<void()> function);
    static bool call(InterruptHandler& handler);
    Result<void> add(InterruptHandler& handler);
    void remove(InterruptHandler& handler);
};

namespace {

constexpr u32 inputs = 256;   ///< of interrupt controllers
constexpr u32 messages = 256; ///< after them in the table
constexpr u32 first_message = 0x1'0000;
constexpr u32 most_unclaimed = 10'000;
/// A handler that fails is called again at once: what the device wanted may not come twice. So
/// often in a row, and it is stopped.
constexpr int most_failures = 3;

constinit InterruptLine lines[inputs + messages];

struct Counts {
    Atomic<u64> by_cpu[arch::max_cpus];
};

struct Connecting {};

constinit ksync::SpinLocked<Connecting, ksync::Rank::device_list> connecting;

InterruptLine* line_of(arch::Irq irq) {
    u32 const number = static_cast<u32>(irq);
    if (number < inputs)
        return &lines[number];
    if (number >= first_message && number - first_message < messages)
        return &lines[inputs + (number - first_message)];
    return nullptr;
}

} // namespace

/// As long as it lives, handlers that were taken out may still run.
class Inside {
public:
    explicit Inside(Atomic<u32>& running) : running_(running) { running_.fetch_add(1); }

    Inside(Inside const&) = delete;
    Inside& operator=(Inside const&) = delete;

    ~Inside() { running_.fetch_sub(1); }

private:
    Atomic<u32>& running_;
};

/// A place of containment. False when the function has failed.
bool InterruptLine::contain(InterruptHandler const& handler, FunctionRef<void()> function) {
    u32 const preemption = arch::preemption_depth();
    bool good = false;
    try {
        function();
        return true;
    } catch (KernelBug const& bug) {
        klog::error("{handler}: its interrupt handler fails: {bug}", handler.name_, bug.what);
    } catch (std::bad_alloc const&) {
        good = true; // this event is lost
    } catch (ksync::Poisoned const& poisoned) {
        klog::error("{handler}: its interrupt handler fails: {lock}", handler.name_,
                    ksync::PoisonText(poisoned).view());
    }
    arch::disable_interrupts();
    arch::reset_preemption(preemption);
    return good;
}

bool InterruptLine::call(InterruptHandler& handler) {
    bool claimed = true;
    for (int i = 0; i < most_failures; ++i)
        if (contain(handler, [&] { claimed = handler.function_(handler.context_); }))
            return claimed;
    klog::error("{handler}: its interrupt handler is stopped", handler.name_);
    if (!handler.stopped_.exchange(true) && handler.tell_stopped_ != nullptr)
        (void)contain(handler, [&] { handler.tell_stopped_(handler.context_); });
    return true;
}

void InterruptLine::dispatch(arch::Irq irq) {
    Inside const inside(running);
    if (auto* const by_cpu = counts.load())
        by_cpu[arch::cpu_index()].fetch_add(1, MemoryOrder::relaxed);
    bool claimed = false;
    for (auto* handler = first.load(); handler != nullptr; handler = handler->next_.load())
        if (!handler->stopped_.load())
            claimed = call(*handler) || claimed;
    if (claimed)
        unclaimed.store(0, MemoryOrder::relaxed);
    else if (unclaimed.fetch_add(1) + 1 == most_unclaimed) {
        arch::mask_interrupt(irq);
        klog::error("interrupt {irq} is masked: no device admits to it", static_cast<u32>(irq));
    }
}

Result<void> InterruptLine::add(InterruptHandler& handler) {
    auto fresh = TRY(try_make<Counts>());
    auto const guard = connecting.lock();
    if (counts.load() == nullptr)
        counts.store(fresh.release()->by_cpu);
    handler.next_.store(first.load());
    handler.line_ = this;
    first.store(&handler);
    return {};
}

InterruptInfo InterruptLine::info() const {
    auto const guard = connecting.lock();
    InterruptInfo info{};
    info.counts = {counts.load(), arch::cpu_count()};
    auto* handler = first.load();
    for (; handler != nullptr && info.handler_count < InterruptInfo::most_handlers;
         handler = handler->next_.load())
        info.handlers[info.handler_count++] = handler->name();
    return info;
}

void InterruptLine::remove(InterruptHandler& handler) {
    {
        auto const guard = connecting.lock_even_poisoned();
        Atomic<InterruptHandler*>* link = &first;
        while (link->load() != nullptr && link->load() != &handler)
            link = &link->load()->next_;
        if (link->load() == &handler)
            link->store(handler.next_.load());
    }
    while (running.load() != 0)
        arch::relax();
}

InterruptHandler::~InterruptHandler() {
    if (line_ != nullptr)
        line_->remove(*this);
}

Result<void> InterruptHandler::connect(arch::Irq irq, arch::Trigger trigger,
                                       arch::Polarity polarity) {
    ensure(line_ == nullptr, "an interrupt handler is connected once");
    InterruptLine* const line = line_of(irq);
    if (line == nullptr)
        return fail(Errno::enoent);
    TRY(line->add(*this));
    return arch::connect_interrupt(irq, trigger, polarity);
}

Result<arch::MessageInterrupt> InterruptHandler::connect_message() {
    ensure(line_ == nullptr, "an interrupt handler is connected once");
    auto const message = TRY(arch::allocate_message_interrupt());
    InterruptLine* const line = line_of(message.irq);
    if (line == nullptr)
        return fail(Errno::enoent);
    TRY(line->add(*this));
    return message;
}

void for_each_interrupt(FunctionRef<void(InterruptInfo const& interrupt)> visit) {
    using Kind = InterruptInfo::Kind;
    for (u32 i = 0; i < inputs + messages; ++i) {
        auto info = lines[i].info();
        if (info.handler_count == 0)
            continue;
        info.kind = i < inputs ? Kind::input : Kind::message;
        info.number = i < inputs ? i : i - inputs;
        visit(info);
    }
}

} // namespace device

void upcall::interrupt(arch::Irq irq) noexcept {
    retry_after_bug([irq] {
        rng::add_timing(static_cast<u64>(irq));
        if (auto* const line = device::line_of(irq))
            line->dispatch(irq);
    });
}
