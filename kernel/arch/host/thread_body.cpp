// A context as a host thread that waits until it is handed a CPU.
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/body.hpp"
#include "kernel/arch/host/cpu_state.hpp"

#include <csetjmp>
#include <cstdlib>
#include <thread>

namespace host {
namespace {

class ThreadBody final : public Body {
public:
    ~ThreadBody() override {
        if (!thread_.joinable())
            return;
        {
            std::scoped_lock const guard(lock_);
            ended_ = true;
            changed_.notify_all();
        }
        thread_.join();
    }

    void start(void (*entry)(void*), void* argument) override {
        thread_ = std::thread([this, entry, argument] { run(entry, argument); });
    }

    void switch_to(Body& next) override {
        static_cast<ThreadBody&>(next).give(this_cpu());
        if (!wait())
            std::longjmp(base_, 1);
    }

private:
    void give(Cpu& cpu) {
        std::scoped_lock const guard(lock_);
        token_ = &cpu;
        changed_.notify_all();
    }

    /// False when the thread must end instead.
    bool wait() {
        std::unique_lock guard(lock_);
        changed_.wait(guard, [&] { return token_ != nullptr || ended_; });
        if (ended_)
            return false;
        set_this_cpu(*token_);
        token_ = nullptr;
        return true;
    }

    void run(void (*entry)(void*), void* argument) {
        // A context destroyed in the middle of its work leaves here: nothing on its stack matters.
        if (setjmp(base_) == 0 && wait()) {
            upcall::thread_started();
            entry(argument);
            std::abort(); // a context's function must not return
        }
    }

    std::mutex lock_;
    std::condition_variable changed_;
    Cpu* token_ = nullptr; ///< handed over, not yet taken
    bool ended_ = false;   ///< its context was destroyed
    std::jmp_buf base_;
    std::thread thread_; ///< none for the context in which a CPU started
};

} // namespace

Body* make_thread_body() {
    return new ThreadBody;
}

} // namespace host
