// The two phases as the personality routine sees them: every call of it passes through here, as the
// programs with these cases are linked with --wrap.
#include "kernel/task/exception_cases.hpp"

#include <exception>
#include <unwind.h>

using Personality = _Unwind_Reason_Code(int version, _Unwind_Action actions,
                                        _Unwind_Exception_Class exception_class,
                                        _Unwind_Exception* thrown, _Unwind_Context* context);

extern "C" {
Personality __wrap___gxx_personality_v0, __real___gxx_personality_v0;
}

namespace {

using edge::note;
using Word = unsigned long;

/// Of this case only: other threads throw, too.
struct Watch {
    _Unwind_Exception* thrown = nullptr;
    Word const* end = nullptr; ///< of the stack that is looked at
    Word stack[64] = {};       ///< stack pointers of the frames, as phase 1 meets them
    Word instruction[64] = {}; ///< and where they are
    bool landed[64] = {};
    unsigned count = 0;
    Word sum = 0; ///< of the stack's words from the throwing frame to the end
};

constinit bool watching = false;
constinit Watch watch{};

[[gnu::noinline]] Word sum_of(Word const* from, Word const* end) {
    Word sum = 0;
    for (; from < end; ++from)
        sum = (sum << 1 | sum >> 63) ^ *from;
    return sum;
}

/// The frame's number, counted from the throw; watch.count when it is new.
unsigned number_of(Word stack) {
    unsigned number = 0;
    while (number < watch.count && watch.stack[number] != stack)
        ++number;
    return number;
}

void look(_Unwind_Action actions, _Unwind_Context* context) {
    Word const stack = _Unwind_GetCFA(context);
    if (stack > reinterpret_cast<Word>(watch.end))
        return;
    if (watch.count == 0) {
        watch.stack[0] = stack;
        watch.sum = sum_of(reinterpret_cast<Word const*>(stack), watch.end);
    }
    bool const untouched =
        watch.sum == sum_of(reinterpret_cast<Word const*>(watch.stack[0]), watch.end);
    unsigned const number = number_of(stack);
    if ((actions & _UA_SEARCH_PHASE) != 0) {
        note(untouched ? "search" : "changed", number);
        watch.stack[number] = stack;
        watch.instruction[number] = _Unwind_GetIP(context);
        watch.count = number + 1;
        return;
    }
    if (watch.landed[number]) { // went on after its landing pad
        note("resumed", number);
        return;
    }
    watch.landed[number] = true;
    if (watch.instruction[number] != _Unwind_GetIP(context))
        note("elsewhere", number);
    if (number == 0)
        note(untouched ? "intact" : "changed");
    note((actions & _UA_HANDLER_FRAME) != 0 ? "handler" : "cleanup", number);
}

struct Noted {
    long number;

    ~Noted() { note("~", number); }
};

[[gnu::noinline]] void pass(int level) {
    Noted const noted{level};
    if (level == 0)
        throw 7;
    void (*volatile next)(int) = pass;
    next(level - 1);
    asm volatile("");
}

[[gnu::noinline]] void watch_from(Word const* end) {
    watch = {};
    watch.end = end;
    watching = true;
}

std::terminate_handler others = nullptr;

_Unwind_Reason_Code find_thrower(_Unwind_Context* context, void* found) {
    if (_Unwind_GetRegionStart(context) == reinterpret_cast<Word>(&pass))
        ++*static_cast<long*>(found);
    return _URC_NO_REASON;
}

/// Where nobody handles an exception: nothing has been unwound.
void unhandled_here() {
    watching = false;
    note(watch.sum == sum_of(reinterpret_cast<Word const*>(watch.stack[0]), watch.end) ? "intact"
                                                                                       : "changed");
    long throwers = 0;
    _Unwind_Backtrace(find_thrower, &throwers);
    note("frames of the throw", throwers);
    others();
}

} // namespace

_Unwind_Reason_Code __wrap___gxx_personality_v0(int version, _Unwind_Action actions,
                                                _Unwind_Exception_Class exception_class,
                                                _Unwind_Exception* thrown,
                                                _Unwind_Context* context) {
    if (watching && (watch.thrown == nullptr || watch.thrown == thrown)) {
        watch.thrown = thrown;
        look(actions, context);
    }
    return __real___gxx_personality_v0(version, actions, exception_class, thrown, context);
}

void edge::two_phases() {
    watch_from(static_cast<Word const*>(__builtin_frame_address(0)));
    try {
        void (*volatile next)(int) = pass;
        next(4);
    } catch (int value) {
        watching = false;
        note("caught", value);
    }
}

void edge::unhandled() {
    others = std::set_terminate(unhandled_here);
    watch_from(static_cast<Word const*>(__builtin_frame_address(0)));
    void (*volatile next)(int) = pass;
    next(2);
}
