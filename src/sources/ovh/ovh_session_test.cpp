#include "sources/ovh/ovh_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sources/ovh/ovh_for_test.hpp"

namespace callboard {
namespace {

using test::kNow;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Kind = OvhSession::Heard::Kind;

const char* const kRinging1 =
    R"({"Session":"S2","Message":"","Events":[{"Event":"start_ringing","Service":"sip","Ressource":"0033972000001","Data":{}}]})";
const char* const kRinging2 =
    R"([{"event":"start_ringing","service":"sip","ressource":"0033972000001","data":{}}])";

/// A conversation in which both sides are played by the test.
class Dialogue : public testing::Test {
  protected:
    void begin(OvhSession::Version version, const std::string& place = {}) {
        session_ = std::make_unique<OvhSession>(version, Secret("T&1"), place);
    }
    std::string question() const {
        const auto asked = session_->question();
        return asked.method + " " + asked.path;
    }
    OvhSession::Heard hear(int status, std::string_view body, std::string_view gap = {}) {
        return session_->hear(status, body, gap, test::directory(), kNow);
    }
    void make_session(const std::string& id) {
        ASSERT_EQ(question(), "POST /v2/session");
        ASSERT_EQ(hear(200, R"({"id":")" + id + "\"}").kind, Kind::going_on);
        ASSERT_EQ(question(), "POST /v2/session/" + id + "/subscribe/T%261");
        ASSERT_EQ(hear(200, "Successfully subscribed on token T&1").kind, Kind::going_on);
    }
    std::unique_ptr<OvhSession> session_;
};

using Version1 = Dialogue;
using Version2 = Dialogue;

TEST_F(Version1, GoesOnFromTheSessionOfTheLastAnswerOnceThatIsKept) {
    begin(OvhSession::Version::v1);
    EXPECT_EQ(question(), "GET /?token=T%261");
    EXPECT_TRUE(session_->question().waits);
    EXPECT_EQ(session_->place(), "");
    auto heard = hear(200, R"({"Session":"S 1","Message":"Timeout, please reconnect","Events":[]})");
    EXPECT_EQ(heard.kind, Kind::told);
    EXPECT_THAT(heard.why, IsEmpty());
    session_->kept();
    EXPECT_EQ(question(), "GET /?token=T%261&session=S%201");
    heard = hear(200, kRinging1);
    EXPECT_EQ(heard.kind, Kind::told);
    EXPECT_THAT(heard.answer.events, SizeIs(1));
    EXPECT_EQ(session_->place(), "S 1") << "the event is not in the journal yet";
    EXPECT_EQ(question(), "GET /?token=T%261&session=S%201");
    session_->kept();
    EXPECT_EQ(session_->place(), "S2");
    EXPECT_EQ(question(), "GET /?token=T%261&session=S2");
}

TEST_F(Version1, BeginsWhereAnEarlierOneWas) {
    begin(OvhSession::Version::v1, "S7");
    EXPECT_EQ(question(), "GET /?token=T%261&session=S7");
}

TEST_F(Version1, AnAnswerWithoutASessionIsFollowedByAPollWithout) {
    begin(OvhSession::Version::v1, "S7");
    EXPECT_EQ(hear(200, R"({"Session":"","Message":"","Events":[]})").kind, Kind::told);
    session_->kept();
    EXPECT_EQ(question(), "GET /?token=T%261");
}

TEST_F(Version1, TellsADeadTokenAndKeepsItsPlace) {
    for (const int status : {401, 403}) {
        begin(OvhSession::Version::v1, "S7");
        const auto heard = hear(status, R"({"Session":"","Message":"This token is revoked","Events":[]})");
        EXPECT_EQ(heard.kind, Kind::refused);
        EXPECT_THAT(heard.why, HasSubstr("refuses the token"));
        EXPECT_THAT(heard.why, HasSubstr("This token is revoked"));
        EXPECT_THAT(heard.why, Not(HasSubstr("T&1")));
        EXPECT_EQ(session_->place(), "S7");
    }
}

TEST_F(Version1, TellsTroubleAndKeepsItsPlace) {
    begin(OvhSession::Version::v1, "S7");
    for (const int status : {100, 302, 400, 404, 429, 500, 502, 503}) {
        const auto heard = hear(status, "Bad Gateway\n");
        EXPECT_EQ(heard.kind, Kind::trouble) << status;
        EXPECT_THAT(heard.why, HasSubstr(std::to_string(status) + " (Bad Gateway)"));
    }
    EXPECT_EQ(hear(200, "<html>").kind, Kind::trouble);
    EXPECT_EQ(question(), "GET /?token=T%261&session=S7");
}

TEST_F(Version1, HearsOfEventsThatAreGone) {
    begin(OvhSession::Version::v1);
    const auto heard =
        hear(200, R"({"Session":"S","Message":"6 events are gone: older than the retention","Events":[]})");
    EXPECT_EQ(heard.gap, "6 events are gone: older than the retention");
    const auto other = hear(200, R"({"Session":"S","Message":"Maintenance at noon","Events":[]})");
    EXPECT_THAT(other.gap, IsEmpty());
    EXPECT_EQ(other.why, "Maintenance at noon");
}

TEST_F(Version2, MakesASessionSubscribesAndPolls) {
    begin(OvhSession::Version::v2);
    EXPECT_EQ(session_->place(), "");
    make_session("BkfFH11M1cf7");
    EXPECT_EQ(session_->place(), "BkfFH11M1cf7");
    EXPECT_EQ(question(), "GET /v2/session/BkfFH11M1cf7/events/poll");
    EXPECT_TRUE(session_->question().waits);
    const auto heard = hear(200, kRinging2);
    EXPECT_EQ(heard.kind, Kind::told);
    EXPECT_THAT(heard.answer.events, SizeIs(1));
    EXPECT_EQ(hear(200, "Timeout, please reconnect").kind, Kind::told);
    EXPECT_EQ(hear(200, "[]", "6 events are gone").gap, "6 events are gone");
}

TEST_F(Version2, GoesOnInTheSessionOfAnEarlierOne) {
    begin(OvhSession::Version::v2, "BkfFH11M1cf7");
    EXPECT_EQ(question(), "GET /v2/session/BkfFH11M1cf7/events/poll");
    EXPECT_EQ(session_->place(), "BkfFH11M1cf7");
}

TEST_F(Version2, MakesANewSessionWhenTheServiceForgotIt) {
    begin(OvhSession::Version::v2, "old");
    const auto heard = hear(404, "Session not found\n");
    EXPECT_EQ(heard.kind, Kind::lost);
    EXPECT_THAT(heard.why, HasSubstr("404 (Session not found)"));
    EXPECT_EQ(session_->place(), "");
    make_session("new1");
    EXPECT_EQ(session_->place(), "new1");
}

TEST_F(Version2, ASessionThatWasNeverSubscribedIsNoPlace) {
    begin(OvhSession::Version::v2);
    ASSERT_EQ(hear(200, R"({"id":"a"})").kind, Kind::going_on);
    EXPECT_EQ(session_->place(), "");
    EXPECT_EQ(hear(404, "Session not found").kind, Kind::trouble)
        << "nothing was told in it, so nothing is missing";
    EXPECT_EQ(question(), "POST /v2/session");
}

TEST_F(Version2, TellsADeadTokenAndSubscribesAgain) {
    begin(OvhSession::Version::v2);
    make_session("a");
    EXPECT_EQ(hear(403, "This token is revoked").kind, Kind::refused);
    EXPECT_EQ(question(), "POST /v2/session/a/subscribe/T%261");
    EXPECT_EQ(session_->place(), "a");
    EXPECT_EQ(hear(403, "This token is revoked").kind, Kind::refused);
    EXPECT_EQ(hear(200, "Successfully subscribed on token T&1").kind, Kind::going_on);
    EXPECT_EQ(question(), "GET /v2/session/a/events/poll");
}

TEST_F(Version2, TellsTroubleInEveryState) {
    begin(OvhSession::Version::v2);
    EXPECT_EQ(hear(500, "").kind, Kind::trouble);
    EXPECT_EQ(hear(404, "").kind, Kind::trouble);
    EXPECT_EQ(hear(200, "{}").kind, Kind::trouble);
    EXPECT_EQ(question(), "POST /v2/session");
    ASSERT_EQ(hear(200, R"({"id":"a"})").kind, Kind::going_on);
    EXPECT_EQ(hear(503, "").kind, Kind::trouble);
    EXPECT_EQ(hear(400, "A session takes at most 5 tokens").kind, Kind::trouble);
    EXPECT_EQ(question(), "POST /v2/session/a/subscribe/T%261");
    ASSERT_EQ(hear(200, "Successfully subscribed on token T&1").kind, Kind::going_on);
    EXPECT_EQ(hear(409, "Another client reads this session").kind, Kind::trouble);
    EXPECT_EQ(hear(200, "{}").kind, Kind::trouble);
    EXPECT_EQ(question(), "GET /v2/session/a/events/poll");
}

}  // namespace
}  // namespace callboard
