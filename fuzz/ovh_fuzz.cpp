// An answer of the event service: the first byte says of which kind, the rest is its body. What is taken can
// be kept and read by every client, and a conversation stays one whatever it hears.
#include <simdjson.h>

#include "event/json.hpp"
#include "fuzz.hpp"
#include "sources/ovh/ovh_session.hpp"

using namespace callboard;

namespace {

const Directory& directory() {
    static const Directory one({{"ba", "Demo"}}, [] {
        Service line;
        line.account = "ba";
        line.number = "0033972000001";
        line.id = "1";
        Service queue = line;
        queue.number = "0033972000002";
        queue.type = ServiceType::easy_hunting;
        return std::vector<Service>{line, queue};
    }());
    return one;
}

void check_json(const std::string& text) {
    static simdjson::dom::parser parser;
    simdjson::dom::element element;
    fuzz::check(parser.parse(text).get(element) == simdjson::SUCCESS, "what clients read is JSON");
}

void check_answer(const OvhAnswer& answer, Time now) {
    static const TimeZone zone = *TimeZone::named("Europe/Paris");
    fuzz::check(
        answer.events.size() + answer.unknown.size() + answer.unreadable.size() <= OvhAnswer::kMostEvents,
        "no more events than allowed");
    for (const auto& told : answer.events) {
        const Service* service = directory().by_number(told.event.ressource);
        fuzz::check(service != nullptr && !told.event.native,
                    "an event is one of the service's, of a number of ours");
        const Record record = record_of(told.event, *service, now, zone);
        const Encoded encoded = encode(record, zone);
        check_json(encoded.v1_before + "token" + encoded.v1_after);
        check_json(encoded.v2_before + "token" + encoded.v2_after);
        fuzz::check(event_of(record).has_value(), "what is kept can be read back");
    }
}

void check_question(const OvhSession& session) {
    const auto question = session.question();
    fuzz::check(question.path.starts_with("/"), "a question is of the service");
    for (const char c : question.path) fuzz::check(c > ' ' && c < 127, "a question fits into a request line");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Time now = Time(std::chrono::seconds(1'780'000'000));
    fuzz::Choices choices(fuzz::text_of(data, size));
    const auto kind = choices.byte();
    const auto version = (kind & 1) != 0 ? OvhSession::Version::v2 : OvhSession::Version::v1;
    constexpr int kStatus[] = {200, 403, 404, 500};
    OvhSession session(version, Secret("token"), (kind & 2) != 0 ? "place" : "");
    for (int i = 0; i < 2; ++i) {
        const auto heard = session.hear(kStatus[(kind >> 2) & 3], choices.rest(), {}, directory(), now);
        check_answer(heard.answer, now);
        for (const char c : ovh_reason(choices.rest()))
            fuzz::check(c >= ' ' && c < 127, "a reason fits into a log");
        check_question(session);
        session.kept();
        check_question(session);
    }
    return 0;
}
