// An answer of the event service: the first byte says of which kind, the rest is its body. What is taken can
// be kept and read by every client, and a conversation stays one whatever it hears.
#include "fuzz.hpp"
#include "kept_event.hpp"
#include "sources/ovh/ovh_session.hpp"

using namespace callboard;

namespace {

void check_answer(const OvhAnswer& answer, Time now) {
    fuzz::check(
        answer.events.size() + answer.unknown.size() + answer.unreadable.size() <= OvhAnswer::kMostEvents,
        "no more events than allowed");
    for (const auto& told : answer.events) {
        fuzz::check(!told.event.native, "an event is one of the service's");
        fuzz::kept(told.event, now);
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
        const auto heard = session.hear(kStatus[(kind >> 2) & 3], choices.rest(), {}, fuzz::directory(), now);
        check_answer(heard.answer, now);
        for (const char c : ovh_reason(choices.rest()))
            fuzz::check(c >= ' ' && c < 127, "a reason fits into a log");
        check_question(session);
        session.kept();
        check_question(session);
    }
    return 0;
}
