// A datagram of MGCP: what the scanner reads of it, and what a tracker tells of the messages in it.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/mgcp_tracker.hpp"
#include "event/mgcp_events.hpp"
#include "fuzz.hpp"
#include "sources/hep/mgcp_scanner.hpp"

using namespace callboard;

namespace {

std::shared_ptr<const Directory> office() {
    static const auto one = [] {
        std::vector<Service> services;
        for (const char* port : {"1", "2"}) {
            Service line;
            line.account = "ba";
            line.number = std::string("003397200000") + port;
            line.type = ServiceType::mgcp_line;
            line.aliases = {std::string("aaln/") + port + "@gw1", std::string("100") + port};
            services.push_back(line);
        }
        return std::make_shared<const Directory>(std::vector<Account>{{"ba", "Demo"}}, std::move(services));
    }();
    return one;
}

void check_views(const MgcpMessage& message, std::string_view bytes) {
    for (const std::string_view part :
         {message.start_line, message.endpoint, message.commentary, message.call_id, message.connection_id,
          message.request_id, message.requested_events, message.signals, message.observed_events,
          message.specific_endpoint, message.reason, message.restart_method, message.media.address})
        fuzz::check(fuzz::within(part, bytes), "views point into the message");
    fuzz::check(message.transaction >= 1 && message.transaction <= 999'999'999,
                "a transaction has its number");
    fuzz::check(message.request ? message.code == 0 && message.endpoint.find('@') != std::string_view::npos
                                : message.code <= 999 && message.endpoint.empty(),
                "it is a command or a response");
    for (const std::string_view list : {message.requested_events, message.signals, message.observed_events})
        for_each_event(list, [bytes](const MgcpEvent& event) {
            for (const std::string_view part :
                 {event.package, event.name, event.connection, event.parameters})
                fuzz::check(fuzz::within(part, bytes), "events are pieces of their list");
            fuzz::check(fuzz::within(caller_id(event.parameters).number, bytes), "so is a number");
        });
}

/// What each line was told of each call comes in pairs.
class Pairs {
  public:
    void take(const std::vector<Event>& events) {
        for (const Event& event : events) {
            if (event.native) continue;
            const auto& data = std::get<LineData>(event.data);
            fuzz::check(event.protocol == Protocol::mgcp, "it is MGCP that tells");
            fuzz::check(office()->by_number(event.ressource) != nullptr, "of a line of ours");
            Told& told = told_[{event.ressource, data.call_id}];
            const bool begins = event.name.starts_with("start");
            int& count = event.name.ends_with("ringing")   ? told.ringing
                         : event.name.ends_with("calling") ? told.calling
                                                           : told.held;
            count += begins ? 1 : -1;
            fuzz::check(count >= 0, "no end without its beginning");
            fuzz::check(count <= 2, "a line has two ends of a call at most");
            fuzz::check(told.held <= told.calling, "who holds is in a call");
        }
    }
    void check_over() const {
        for (const auto& [key, told] : told_)
            fuzz::check(told.ringing == 0 && told.calling == 0 && told.held == 0, "everything ends");
    }

  private:
    struct Told {
        int ringing = 0, calling = 0, held = 0;
    };
    std::map<std::pair<std::string, std::string>, Told> told_;
};

SipEndpoint endpoint(std::uint8_t number) {
    SipEndpoint made;
    made.address[15] = number;
    made.port = 2427;
    return made;
}

/// The call agent is 1 and the gateway 2: who speaks follows from the message.
bool is_from_gateway(const MgcpMessage& message) {
    if (!message.request) return message.transaction < 1'000'000;
    return message.verb == MgcpVerb::ntfy || message.verb == MgcpVerb::rsip;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, std::min<std::size_t>(size, 65'536));
    MgcpTracker tracker(office(), "FR", {.most_calls = 8, .most_endpoints = 2, .most_transactions = 64});
    Pairs pairs;
    std::vector<Event> events;
    MgcpMessage message;
    Time now = Time(std::chrono::seconds(1'780'000'000));
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const std::size_t before = rest.size();
        const MgcpVerdict verdict = scan_mgcp(rest, message);
        fuzz::check(rest.size() < before, "something is taken off");
        fuzz::check(!text_of(verdict).empty(), "every verdict has a name");
        if (verdict != MgcpVerdict::ok) continue;
        check_views(message, bytes);
        // The time between messages is in their transactions: mostly moments, at times minutes.
        now +=
            std::chrono::milliseconds(message.transaction % 50 == 49 ? 70'000 : message.transaction % 50 * 7);
        message.captured = now - std::chrono::milliseconds(message.transaction % 4 * 40);
        message.collected = now;
        const bool gateway = is_from_gateway(message);
        message.source = endpoint(gateway ? 2 : 1);
        message.destination = endpoint(gateway ? 1 : 2);
        tracker.on_time(now, events);
        tracker.on_message(message, events);
        fuzz::check(tracker.calls() <= 8, "calls are bounded");
        pairs.take(events);
        events.clear();
    }
    for (int hour = 0; hour < 10; ++hour) tracker.on_time(now += std::chrono::hours(1), events);
    pairs.take(events);
    pairs.check_over();
    fuzz::check(tracker.calls() == 0 && tracker.transactions() == 0, "after hours nothing is remembered");
    return 0;
}
