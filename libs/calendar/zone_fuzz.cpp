// Fuzzes time zones: any file or rule; what is one has offsets for all times, in whole stretches.
#include "libs/calendar/zone.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    using calendar::Rule;
    using calendar::Zone;
    ConstBytes const bytes = std::as_bytes(std::span(data, size));
    auto zone = Zone::from_file(bytes);
    if (auto const rule = Rule::parse(text_of(bytes)))
        zone = Zone(*rule);
    if (!zone)
        return 0;
    constexpr i64 most = i64{1} << 55;
    for (i64 const at : {i64{0}, i64{1'800'000'000}, i64{-2'500'000'000}, most, -most}) {
        auto const stretch = zone->at(at);
        if (stretch.start > at || stretch.end <= at)
            std::abort();
        i64 const moment = zone->moment_of(at);
        if (zone->local(moment) < at || zone->local(moment - 1) >= at)
            std::abort();
    }
    return 0;
}
