#include "sources/freeswitch/esl_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Kind = ExchangeSignalKind;
using State = EslSession::State;

/// The other side of a session, and what the session says of it.
class Dialogue : public testing::Test, public ExchangeSink {
  protected:
    void on_signal(const ExchangeSignal& signal) override { signals_.push_back(signal); }
    void on_pause(Time) override {}

    EslSession::Now now() const { return {now_, EslSession::Steady(now_.time_since_epoch())}; }
    void pass(Duration time) {
        now_ += time;
        session_.on_time(now());
    }
    void frame(const std::string& type, const std::string& reply, const std::string& body = {}) {
        EslFrame said;
        said.content_type = type;
        said.reply = reply;
        said.body = body;
        session_.on_frame(std::move(said), now());
    }
    void reply(const std::string& text) { frame("command/reply", text); }
    void api(const std::string& text) { frame("api/response", "", text); }
    void event(const std::string& headers) { frame("text/event-plain", "", headers + '\n'); }

    std::vector<std::string> sent() {
        std::vector<std::string> commands;
        for (std::string out = session_.take_output(); !out.empty();) {
            commands.push_back(out.substr(0, out.find("\n\n")));
            out.erase(0, commands.back().size() + 2);
        }
        return commands;
    }
    void log_in() {
        frame("auth/request", "");
        reply("+OK accepted");
        reply("+OK event listener enabled plain");
        sent();
        signals_.clear();
    }
    /// Answers the five lists, of which the first is as given.
    void answer_lists(const std::string& channels = R"({"row_count":0})") {
        api(channels);
        api("+OK\n");
        api("+OK\n");
        api("+OK\n");
        api(R"({"row_count":0})");
    }
    std::vector<Kind> kinds() const {
        std::vector<Kind> all;
        for (const auto& signal : signals_) all.push_back(signal.kind);
        return all;
    }

    Time now_{std::chrono::seconds(1'780'000'000)};
    std::vector<ExchangeSignal> signals_;
    const Secret password_{"ClueCon"};
    FreeswitchSignals source_{[this](const ExchangeSignal& signal) { on_signal(signal); }};
    EslSession session_{password_, source_, *this, now()};
};

TEST_F(Dialogue, begins_with_password_subscription_and_lists) {
    EXPECT_THAT(sent(), IsEmpty()) << "FreeSWITCH speaks first";
    frame("auth/request", "");
    EXPECT_THAT(sent(), ElementsAre("auth ClueCon"));
    reply("+OK accepted");
    EXPECT_THAT(sent(), ElementsAre(StartsWith("event plain CHANNEL_CREATE ")));
    EXPECT_EQ(session_.state(), State::subscribing);
    reply("+OK event listener enabled plain");
    EXPECT_EQ(session_.state(), State::listening);
    EXPECT_THAT(sent(), ElementsAre("api show channels as json", "api callcenter_config agent list",
                                    "api callcenter_config tier list", "api callcenter_config queue list",
                                    "api show registrations as json"));
    EXPECT_THAT(kinds(), ElementsAre(Kind::snapshot_begins));
    answer_lists();
    EXPECT_THAT(kinds(), ElementsAre(Kind::snapshot_begins, Kind::snapshot_ends));
    EXPECT_EQ(signals_.back().cause, "");
    EXPECT_EQ(session_.counts().snapshots, 1U);
}

TEST_F(Dialogue, a_wrong_password_is_told_plainly) {
    frame("auth/request", "");
    reply("-ERR invalid");
    EXPECT_EQ(session_.state(), State::refused);
    EXPECT_THAT(session_.why(), HasSubstr("refuses the password"));
    EXPECT_THAT(session_.why(), testing::Not(HasSubstr("ClueCon")));
    frame("text/disconnect-notice", "", "Disconnected, goodbye.");
    EXPECT_EQ(session_.state(), State::refused) << "the first reason counts";
}

TEST_F(Dialogue, a_host_that_may_not_connect_is_told_what_to_do) {
    frame("text/rude-rejection", "", "Access Denied, go away.\n");
    EXPECT_EQ(session_.state(), State::refused);
    EXPECT_THAT(session_.why(), HasSubstr("apply-inbound-acl"));
}

TEST_F(Dialogue, ends_with_what_ends_it) {
    log_in();
    frame("text/disconnect-notice", "", "Disconnected, goodbye.");
    EXPECT_EQ(session_.state(), State::broken);
    EXPECT_EQ(session_.why(), "FreeSWITCH ended the connection");
    event("Event-Name: CHANNEL_CREATE\nUnique-ID: a\n");
    EXPECT_THAT(signals_, IsEmpty());
}

TEST_F(Dialogue, without_a_greeting_it_gives_up) {
    pass(19s);
    EXPECT_EQ(session_.state(), State::greeting);
    pass(1s);
    EXPECT_EQ(session_.state(), State::broken);
    EXPECT_THAT(session_.why(), HasSubstr("does not greet"));
}

TEST_F(Dialogue, without_an_answer_it_gives_up_also_when_events_go_on) {
    log_in();
    answer_lists();
    pass(60s);
    EXPECT_EQ(sent().size(), 5U);
    for (int i = 0; i < 19; ++i) {
        pass(1s);
        event("Event-Name: HEARTBEAT\n");
    }
    EXPECT_EQ(session_.state(), State::listening);
    pass(1s);
    EXPECT_EQ(session_.state(), State::broken);
    EXPECT_THAT(session_.why(), HasSubstr("does not answer any more"));
}

TEST_F(Dialogue, lists_again_every_minute_and_asks_in_silence_whether_somebody_is_there) {
    log_in();
    answer_lists();
    pass(19s);
    EXPECT_THAT(sent(), IsEmpty());
    pass(1s);
    EXPECT_THAT(sent(), ElementsAre("api uptime"));
    api("12345");
    pass(10s);
    event("Event-Name: HEARTBEAT\n");
    pass(19s);
    EXPECT_THAT(sent(), IsEmpty());
    pass(11s);
    EXPECT_EQ(sent().front(), "api show channels as json");
}

constexpr const char* kTwoChannels =
    R"({"row_count":2,"rows":[
    {"uuid":"a","direction":"inbound","name":"sofia/internal/1001@pbx","callstate":"ACTIVE","presence_id":"1001@pbx"},
    {"uuid":"t","direction":"inbound","name":"sofia/external/06@x","callstate":"ACTIVE"}]})";

TEST_F(Dialogue, a_listed_phone_is_asked_for_its_call_id_once) {
    log_in();
    answer_lists(kTwoChannels);
    EXPECT_THAT(sent(), ElementsAre("api uuid_getvar a sip_call_id"));
    EXPECT_THAT(kinds(), ElementsAre(Kind::channel_listed)) << "the trunk";
    api("abc@10.0.0.1\n");
    EXPECT_THAT(kinds(), ElementsAre(Kind::channel_listed, Kind::channel_listed, Kind::snapshot_ends));
    EXPECT_EQ(signals_[1].channel.sip_call_id, "abc@10.0.0.1");
    pass(60s);
    sent();
    signals_.clear();
    answer_lists(kTwoChannels);
    EXPECT_THAT(sent(), IsEmpty());
    EXPECT_THAT(kinds(), ElementsAre(Kind::channel_listed, Kind::channel_listed, Kind::snapshot_ends));
}

TEST_F(Dialogue, a_listed_call_that_ends_before_its_call_id_is_known_is_not_told_as_up) {
    log_in();
    answer_lists(kTwoChannels);
    event("Event-Name: CHANNEL_HANGUP\nUnique-ID: a\n");
    signals_.clear();
    api("abc@10.0.0.1\n");
    EXPECT_THAT(kinds(), ElementsAre(Kind::snapshot_ends));
}

TEST_F(Dialogue, a_channel_that_does_not_exist_any_more_is_left_out) {
    log_in();
    answer_lists(kTwoChannels);
    signals_.clear();
    api("-ERR No such channel!\n");
    EXPECT_THAT(kinds(), ElementsAre(Kind::snapshot_ends));
}

TEST_F(Dialogue, a_list_that_cannot_be_read_spoils_the_snapshot_and_nothing_else) {
    log_in();
    answer_lists("-ERR something");
    EXPECT_EQ(signals_.back().kind, Kind::snapshot_ends);
    EXPECT_THAT(signals_.back().cause, HasSubstr("-ERR something"));
    EXPECT_EQ(session_.state(), State::listening);
    EXPECT_EQ(session_.counts().unreadable, 1U);
    EXPECT_EQ(session_.counts().snapshots, 0U);
}

TEST_F(Dialogue, a_freeswitch_without_mod_callcenter_is_whole) {
    log_in();
    api(R"({"row_count":0})");
    for (int i = 0; i < 3; ++i) api("-ERR callcenter_config Command not found!\n");
    api(R"({"row_count":0})");
    EXPECT_EQ(signals_.back().kind, Kind::snapshot_ends);
    EXPECT_EQ(signals_.back().cause, "");
    EXPECT_EQ(session_.counts().unreadable, 0U);
}

TEST_F(Dialogue, lists_agents_with_their_phones_and_the_callers_of_each_queue) {
    log_in();
    api(R"({"row_count":0})");
    api("name|contact|status|state\n204|[leg_timeout=5]user/1004@pbx|Available|Waiting\n+OK\n");
    api("queue|agent|state\nsales@default|204|Ready\nsales@default|ghost|Ready\n+OK\n");
    api("name|strategy\nsales@default|ring-all\nname with blank|x\n+OK\n");
    EXPECT_THAT(sent(), ElementsAre("api callcenter_config queue list members sales@default"));
    api(R"({"row_count":1,"rows":[{"reg_user":"1004","url":"x"}]})");
    EXPECT_THAT(kinds(), ElementsAre(Kind::agent_listed, Kind::register_listed));
    EXPECT_EQ(signals_[0].queue.agent, "204");
    EXPECT_EQ(signals_[0].queue.agent_device, "1004");
    EXPECT_EQ(signals_[0].queue.queue, "sales@default");
    EXPECT_EQ(signals_[0].queue.fields.get("QueueAgentStatus"), "Available");
    api("queue|uuid|session_uuid|cid_number|state\nsales@default|m|s|06|Waiting\n+OK\n");
    EXPECT_THAT(kinds(), ElementsAre(Kind::agent_listed, Kind::register_listed, Kind::caller_listed,
                                     Kind::snapshot_ends));
}

TEST_F(Dialogue, events_that_cannot_be_read_are_counted) {
    log_in();
    frame("text/event-json", "", "{");
    event("Event-Name: CHANNEL_CREATE\nUnique-ID: a\n");
    EXPECT_EQ(session_.counts().unreadable, 1U);
    EXPECT_EQ(session_.counts().events, 1U);
    EXPECT_THAT(kinds(), ElementsAre(Kind::created));
}

TEST_F(Dialogue, answers_that_nobody_asked_for_and_second_greetings_do_no_harm) {
    log_in();
    answer_lists();
    signals_.clear();
    api("+OK\n");
    reply("-ERR no");
    frame("auth/request", "");
    frame("log/data", "", "x");
    EXPECT_EQ(session_.state(), State::listening);
    EXPECT_THAT(sent(), IsEmpty());
    EXPECT_THAT(signals_, IsEmpty());
}

}  // namespace
}  // namespace callboard
