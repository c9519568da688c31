// A context as a stack of its own: all run on one host thread, so that the process can be forked.
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/body.hpp"
#include "kernel/arch/host/cpu_state.hpp"
#include "libs/base/units.hpp"

#include <cstdlib>
#include <new>
#include <vector>

#include <sys/mman.h>
#include <ucontext.h>

namespace host {
namespace {

constexpr usize guard_size = 4_KiB;

std::vector<void*>& known_stacks() {
    static std::vector<void*> all;
    return all;
}

/// Those that are not in use.
std::vector<void*>& stacks() {
    static std::vector<void*> all;
    return all;
}

void* take_stack() {
    if (!stacks().empty()) {
        void* const stack = stacks().back();
        stacks().pop_back();
        return stack;
    }
    void* const stack = mmap(nullptr, stack_size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, guard_size, PROT_NONE) != 0)
        std::abort();
    known_stacks().push_back(stack);
    return stack;
}

class StackBody final : public Body {
public:
    ~StackBody() override {
        if (stack_ != nullptr)
            stacks().push_back(stack_);
    }

    void start(void (*entry)(void*), void* argument) override {
        entry_ = entry;
        argument_ = argument;
        stack_ = take_stack();
        // What the registers were must not look like references when the stack is left.
        context_ = ::new (static_cast<std::byte*>(stack_) + guard_size) ucontext_t;
        if (getcontext(context_) != 0)
            std::abort();
        context_->uc_stack.ss_sp = stack_;
        context_->uc_stack.ss_size = stack_size;
        context_->uc_link = nullptr;
        makecontext(context_, begin, 0);
    }

    void switch_to(Body& next) override {
        __builtin_unwind_init(); // all registers are on the stack, for a census
        u32 const mine = faults_off;
        faults_off = 0;
        starting = static_cast<StackBody*>(&next);
        if (swapcontext(context_, starting->context_) != 0)
            std::abort();
        faults_off = mine;
    }

    VirtAddr stack_pointer() const override {
        return VirtAddr(static_cast<u64>(context_->uc_mcontext.gregs[REG_RSP]));
    }

private:
    static void begin() {
        StackBody& body = *starting;
        upcall::thread_started();
        body.entry_(body.argument_);
        std::abort(); // a context's function must not return
    }

    static inline StackBody* starting = nullptr; ///< only read where it begins

    ucontext_t first_{};            ///< of the context in which the CPU started
    ucontext_t* context_ = &first_; ///< else at the far end of the stack
    void* stack_ = nullptr;
    void (*entry_)(void*) = nullptr;
    void* argument_ = nullptr;
};

} // namespace

std::vector<void*> const& all_stacks() {
    return known_stacks();
}

Body* make_stack_body() {
    return new StackBody;
}

} // namespace host
