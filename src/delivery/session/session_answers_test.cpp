#include "delivery/session/session_answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard::session {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Announced event(Sequence sequence) {
    Record record;
    record.sequence = sequence;
    record.name = "start_ringing";
    record.data = R"({"CallId":")" + std::to_string(sequence) + R"("})";
    record.details = "{}";
    return std::make_shared<const Announcement>(std::move(record), Time{}, TimeZone::utc());
}

TEST(SessionAnswers, AreTheTextsOfTheService) {
    EXPECT_EQ(subscribed("T"), "Successfully subscribed on token T");
    EXPECT_EQ(text(200, kTimeout).body, "Timeout, please reconnect");
    EXPECT_EQ(refusal(Sessions::Outcome::unknown).body, "Session not found");
    EXPECT_EQ(refusal(Sessions::Outcome::unknown).status, 404);
    EXPECT_EQ(refusal(Sessions::Outcome::too_many_tokens).status, 400);
    EXPECT_EQ(refusal(Sessions::Outcome::too_many_of_yours).status, 429);
    EXPECT_EQ(refusal(Sessions::Outcome::too_many).status, 503);
    EXPECT_EQ(refusal(Sessions::Outcome::not_kept).status, 503);
}

TEST(SessionAnswers, AreForPagesOfAnyOrigin) {
    EXPECT_THAT(text(404, kNotFound).headers, Contains(Pair("Access-Control-Allow-Origin", "*")));
    EXPECT_THAT(object({}, TimeZone::utc()).headers, Contains(Pair("Access-Control-Allow-Origin", "*")));
    EXPECT_THAT(*events({}, ""), HasSubstr("\r\nAccess-Control-Allow-Origin: *\r\n"));
}

TEST(SessionAnswers, ABareArrayOfEvents) {
    const std::string alpha = "ALPHA", beta = "BETA";
    EXPECT_THAT(*events({}, ""), EndsWith("\r\n\r\n[]"));
    const auto one = event(1), two = event(2);
    const std::vector<Told> all = {{one, &alpha}, {two, &beta}};
    const std::string bytes = *events(all, "");
    EXPECT_THAT(
        bytes, EndsWith("\r\n\r\n[" + one->encoded(false).v2_before + "ALPHA" + one->encoded(false).v2_after +
                        "," + two->encoded(false).v2_before + "BETA" + two->encoded(false).v2_after + "]"));
    EXPECT_THAT(bytes, Not(HasSubstr("X-Callboard-Gap")));
}

TEST(SessionAnswers, SayInAHeaderWhatIsGone) {
    const std::string bytes = *events({}, "7 events are gone");
    EXPECT_THAT(bytes, HasSubstr("\r\nX-Callboard-Gap: 7 events are gone\r\n"));
    EXPECT_THAT(bytes, HasSubstr("\r\nAccess-Control-Expose-Headers: X-Callboard-Gap\r\n"));
}

}  // namespace
}  // namespace callboard::session
