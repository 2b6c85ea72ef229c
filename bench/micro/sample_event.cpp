#include "sample_event.hpp"

#include <fmt/format.h>

namespace callboard::bench {

Event sample_event(std::size_t number) {
    Event event;
    event.name = event_name::start_ringing;
    event.ressource = fmt::format("0033972{:06}", number % 100);
    LineData data;
    data.billing = data.called = data.dialed = event.ressource;
    data.body = "SIP/2.0 180 Ringing";
    data.call_id = fmt::format("{:032x}@10.1.2.3", number);
    data.calling = "0033612345678";
    data.cseq = "102 INVITE";
    data.ts = data.ts_get = time_from_nanoseconds(1'780'000'000'123'456'789);
    event.data = std::move(data);
    return event;
}

}  // namespace callboard::bench
