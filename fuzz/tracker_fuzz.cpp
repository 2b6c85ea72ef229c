// A walk of SIP messages through scanner and tracker, with random times: whatever comes in whatever order,
// what a line is told fits together.
#include <fmt/format.h>

#include <array>
#include <map>

#include "core/sip_tracker.hpp"
#include "fuzz.hpp"
#include "sources/hep/sip_scanner.hpp"

using namespace callboard;

namespace {

std::shared_ptr<const Directory> office() {
    static const auto one = [] {
        std::vector<Service> services;
        for (const char* extension : {"101", "102", "103"}) {
            Service line;
            line.account = "ba";
            line.number = std::string("0033123456") + extension;
            line.aliases = {extension};
            services.push_back(line);
        }
        Service queue;
        queue.account = "ba";
        queue.number = "0033123456800";
        queue.type = ServiceType::easy_hunting;
        queue.aliases = {"800"};
        services.push_back(queue);
        return std::make_shared<const Directory>(std::vector<Account>{{"ba", "Demo"}}, std::move(services));
    }();
    return one;
}

/// What has been told of one line in one call.
struct Told {
    bool ringing = false, calling = false, held = false;
};

class Invariants {
  public:
    void take(const std::vector<Event>& events) {
        for (const auto& event : events)
            if (!event.native && event.name != event_name::registered) take(event);
    }

  private:
    void take(const Event& event) {
        const auto* data = std::get_if<LineData>(&event.data);
        fuzz::check(data != nullptr, "a tracker tells of lines alone");
        const Service* service = office()->by_number(event.ressource);
        fuzz::check(service != nullptr && !service->is_queue(), "a line of ours, never a queue");
        Told& told = told_[{event.ressource, data->call_id}];
        if (event.name == event_name::start_ringing) {
            fuzz::check(!told.ringing && !told.calling, "a line starts to ring once");
            told.ringing = true;
        } else if (event.name == event_name::end_ringing) {
            fuzz::check(told.ringing, "end_ringing follows start_ringing");
            told.ringing = false;
        } else if (event.name == event_name::start_calling) {
            fuzz::check(!told.calling && !told.ringing, "start_calling comes once, after end_ringing");
            told.calling = true;
        } else if (event.name == event_name::end_calling) {
            fuzz::check(told.calling && !told.held, "end_calling follows start_calling, and end_hold");
            told.calling = false;
        } else if (event.name == event_name::start_hold) {
            fuzz::check(told.calling && !told.held, "only who talks can hold");
            told.held = true;
        } else if (event.name == event_name::end_hold) {
            fuzz::check(told.held, "end_hold follows start_hold");
            told.held = false;
        } else {
            fuzz::check(false, "no other event");
        }
    }

    std::map<std::pair<std::string, std::string>, Told> told_;
};

constexpr std::array<std::string_view, 8> kUsers = {"101",        "102",          "103",       "800",
                                                    "0612345678", "+33123456102", "anonymous", "x%20y"};
constexpr std::array<std::string_view, 7> kMethods = {"INVITE",   "ACK",   "BYE",   "CANCEL",
                                                      "REGISTER", "REFER", "UPDATE"};
constexpr std::array<int, 12> kStatuses = {100, 180, 183, 200, 200, 302, 401, 407, 481, 486, 487, 603};
constexpr std::array<std::string_view, 5> kDirections = {"", "sendrecv", "sendonly", "recvonly", "inactive"};

/// A message that a phone, a proxy or a back-to-back exchange could have sent.
std::string message_from(fuzz::Choices& choices) {
    const auto method = kMethods[choices.below(kMethods.size())];
    const auto caller = kUsers[choices.below(kUsers.size())];
    const auto called = kUsers[choices.below(kUsers.size())];
    const std::size_t form = choices.byte();
    std::string text = form % 2 == 0
                           ? fmt::format("{} sip:{}@10.0.0.{} SIP/2.0\r\n", method, called, form / 2 % 4)
                           : fmt::format("SIP/2.0 {} Text\r\n", kStatuses[form / 2 % kStatuses.size()]);
    const std::size_t hops = choices.below(3) + 1;
    for (std::size_t hop = 0; hop < hops; ++hop)
        text += fmt::format("Via: SIP/2.0/UDP 10.0.0.{};branch=z9hG4bK{}\r\n", hop, choices.below(4));
    const std::size_t tags = choices.byte();
    text += fmt::format("From: <sip:{}@h>;tag=f{}\r\n", caller, tags % 2);
    text += fmt::format("To: <sip:{}@h>{}\r\n", called,
                        tags / 2 % 4 == 0 ? "" : fmt::format(";tag=t{}", tags / 2 % 4));
    text += fmt::format("Call-ID: c{}\r\nCSeq: {} {}\r\n", choices.below(3), choices.below(4) + 1, method);
    const std::size_t more = choices.byte();
    if (more & 1)
        text += fmt::format("Contact: <sip:{}@10.0.0.{}>;expires={}\r\n", form % 2 ? called : caller,
                            more % 5, more % 3 * 30);
    if (more & 2) text += "P-Asserted-Identity: <sip:0612345678@h>\r\n";
    if (more & 4) text += "Privacy: id\r\n";
    if (more & 8) text += "Session-Expires: 90\r\n";
    if (more & 16) text += fmt::format("Replaces: c{};to-tag=t1;from-tag=f0\r\n", more % 3);
    if (more & 32) text += "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";
    if (more & 64)
        text += fmt::format("Refer-To: <sip:102@h?Replaces=c{}%3Bto-tag%3Dt1%3Bfrom-tag%3Df0>\r\n", more % 3);
    const auto direction = kDirections[choices.below(kDirections.size())];
    const std::string body =
        direction.empty()
            ? ""
            : fmt::format("v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 9 RTP/AVP 0\r\na={}\r\n", direction);
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    return text + fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

SipEndpoint endpoint(std::size_t number) {
    SipEndpoint made;
    made.address[15] = static_cast<std::uint8_t>(number);
    made.port = 5060;
    return made;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Choices choices(fuzz::text_of(data, std::min<std::size_t>(size, 4096)));
    SipTracker::Settings settings;
    settings.most_dialogs = choices.below(2) == 0 ? 2 : 1000;
    SipTracker tracker(office(), "FR", settings);
    Invariants invariants;
    std::vector<Event> events;
    SipMessage message;
    Time now = Time(std::chrono::seconds(1'780'000'000));
    std::string text;
    while (choices.more()) {
        const std::size_t step = choices.byte();
        // Mostly milliseconds, at times minutes, so that timers run out.
        now += std::chrono::milliseconds(step < 224 ? step : (step - 223) * 60'000);
        if (step % 4 == 0) tracker.on_time(now, events);
        // Every eighth message is seen once more, as another mirror sends it.
        if (step % 8 != 1) text = message_from(choices);
        if (scan_sip(text, message) == SipVerdict::ok) {
            message.captured = now - std::chrono::milliseconds(step % 16);
            message.collected = now;
            const std::size_t way = choices.byte();
            message.source = endpoint(way % 4);
            message.destination = endpoint(way / 4 % 4);
            tracker.on_message(message, events);
        }
        invariants.take(events);
        events.clear();
    }
    for (int hour = 0; hour < 10; ++hour) tracker.on_time(now += std::chrono::hours(1), events);
    invariants.take(events);
    fuzz::check(tracker.dialogs() == 0, "after hours of silence nothing is remembered");
    return 0;
}
