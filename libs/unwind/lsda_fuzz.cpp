// Hostile exception tables: every query ends and stays in bounds.
#include "libs/unwind/lsda.hpp"

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    if (size < 3)
        return 0;
    constexpr u64 base = 0x10000;
    dwarf::Region const table{base, std::as_bytes(std::span(data + 3, size - 3))};
    auto const lsda = unwind::Lsda::parse(table, base + data[0], base);
    if (!lsda)
        return 0;
    for (u64 const instruction : {base, base + data[1], base + data[1] * 256u + data[2]}) {
        auto const site = lsda->find(instruction);
        if (!site || site->action == 0)
            continue;
        auto chain = lsda->actions(*site);
        while (auto const action = chain.next()) {
            lsda->type(action->filter);
            if (action->filter < 0)
                for (auto list = lsda->specification(action->filter); list.more();)
                    if (list.uleb() == 0)
                        break;
        }
    }
    return 0;
}
