// A FreeSWITCH, from its event socket to a client.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "app/wiring.hpp"
#include "sources/freeswitch/fake_freeswitch_for_test.hpp"
#include "tests/support/http_client.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class FreeswitchInputTest : public testing::Test {
  protected:
    FreeswitchInputTest() {
        config_.data_dir = place_ / "data";
        config_.http.listen = {"127.0.0.1:0"};
        config_.http.poll_timeout = std::chrono::milliseconds(100);
        config_.threads = 1;
        config_.accounts = {{"office", "Office"}};
        config_.services = {service("0033972000011", ServiceType::sip_line, "1001"),
                            service("0033972000003", ServiceType::easy_hunting, "support@default")};
        config_.freeswitch_inputs = {{.name = "pbx",
                                      .address = fake_.address(),
                                      .password = Secret("ClueCon"),
                                      .lines = Config::LineEvents::automatic}};
    }
    ~FreeswitchInputTest() override {
        running_.reset();
        fs::remove_all(place_);
    }
    static Service service(const std::string& number, ServiceType type, const std::string& alias) {
        Service made;
        made.account = "office";
        made.number = made.description = number;
        made.type = type;
        made.id = "4242";
        made.aliases = {alias};
        return made;
    }
    void start() {
        auto started = Installation::start(config_, clock_);
        ASSERT_TRUE(started) << started.error().what;
        running_ = *std::move(started);
        ASSERT_TRUE(fake_.accept());
        ASSERT_TRUE(fake_.log_in());
        const auto port = parse_address(running_->http_addresses()[0])->port();
        client_ = std::make_unique<test::HttpClient>(port);
        if (token_.empty()) token_ = running_->tokens().create("office", "", std::nullopt)->text;
    }
    void stop() {
        client_.reset();
        running_.reset();
        fake_.hang_up();
    }
    /// What has come since the last call, once `wanted` is in it.
    std::string poll_for(const std::string& wanted) {
        std::string all;
        for (int i = 0; i < 100 && all.find(wanted) == std::string::npos; ++i) {
            const auto answer = client_->get("/?token=" + token_ + session_);
            if (!answer) break;
            const auto begin = answer->body.find("\"Session\":\"") + 11;
            session_ = "&session=" + answer->body.substr(begin, answer->body.find('"', begin) - begin);
            all += answer->body;
        }
        return all;
    }
    void channel_event(const std::string& event) {
        fake_.event(fmt::format(
            "Event-Name: {}\nUnique-ID: a\nCall-Direction: outbound\nChannel-Presence-ID: 1001%40pbx\n"
            "Caller-Caller-ID-Number: 0612345678\nvariable_sip_call_id: dialog\nHangup-Cause: "
            "NORMAL_CLEARING\n",
            event));
    }

    const SystemClock clock_{};
    const fs::path place_ =
        fs::path(testing::TempDir()) / (std::string("callboard-freeswitch-") +
                                        testing::UnitTest::GetInstance()->current_test_info()->name());
    test::FakeFreeswitch fake_;
    Config config_;
    std::unique_ptr<Installation> running_;
    std::unique_ptr<test::HttpClient> client_;
    std::string token_, session_;
};

TEST_F(FreeswitchInputTest, TellsAClientOfLinesAndQueues) {
    start();
    poll_for("Timeout");
    fake_.event(
        "Event-Subclass: callcenter%3A%3Ainfo\nCC-Queue: support%40default\nCC-Action: member-queue-start\n"
        "CC-Member-UUID: m\nCC-Member-CID-Number: 0612345678\n");
    channel_event("CHANNEL_PROGRESS");
    const auto told = poll_for("start_ringing");
    EXPECT_THAT(told, HasSubstr(R"("Event":"member-queue-start")"));
    EXPECT_THAT(told, HasSubstr(R"("Service":"queues","Ressource":"0033972000003")"));
    EXPECT_THAT(told, HasSubstr(R"("Calling":"0033612345678")"));
    EXPECT_THAT(told, HasSubstr(R"("CallId":"dialog")"));
    EXPECT_THAT(client_->get("/readyz")->body, HasSubstr("\"pbx\""));
    EXPECT_THAT(client_->get("/metrics")->body,
                HasSubstr("callboard_source_corrections_total{source=\"pbx\"} 0"));
}

TEST_F(FreeswitchInputTest, BesideAMirrorOfSipTellsOfQueuesAlone) {
    config_.hep_inputs = {{.name = "sbc", .listen = "udp:127.0.0.1:0", .password = {}}};
    start();
    poll_for("Timeout");
    channel_event("CHANNEL_PROGRESS");
    fake_.event(
        "Event-Subclass: callcenter%3A%3Ainfo\nCC-Queue: support%40default\nCC-Action: members-count\n"
        "CC-Count: 0\n");
    EXPECT_THAT(poll_for("members-count"), Not(HasSubstr("start_ringing")));
}

TEST_F(FreeswitchInputTest, AfterARestartEndsTheCallThatIsOver) {
    start();
    poll_for("Timeout");
    channel_event("CHANNEL_ANSWER");
    EXPECT_THAT(poll_for("start_calling"), HasSubstr("start_calling"));
    stop();
    start();
    EXPECT_THAT(poll_for("end_calling"), HasSubstr("The exchange does not list the call any more"));
}

TEST_F(FreeswitchInputTest, AfterARestartGoesOnWithTheCallThatIsUp) {
    start();
    poll_for("Timeout");
    channel_event("CHANNEL_ANSWER");
    poll_for("start_calling");
    stop();
    fake_.answer("show channels",
                 R"({"row_count":1,"rows":[{"uuid":"a","direction":"outbound","name":"sofia/internal/1001@x",
                 "callstate":"ACTIVE","presence_id":"1001@pbx"}]})");
    fake_.answer("uuid_getvar", "dialog");
    start();
    ASSERT_TRUE(fake_.serve_one());
    channel_event("CHANNEL_HANGUP");
    const auto told = poll_for("end_calling");
    EXPECT_THAT(told, HasSubstr("Q.850;cause=16"));
    EXPECT_THAT(told, Not(HasSubstr("start_calling")));
}

TEST_F(FreeswitchInputTest, AReloadBringsNewAliasesInForce) {
    start();
    poll_for("Timeout");
    config_.services[0].aliases = {"other"};
    running_->reload(config_);
    const auto none = poll_for("Timeout");
    channel_event("CHANNEL_PROGRESS");
    config_.services[0].aliases = {"1001"};
    EXPECT_THAT(none + poll_for("Timeout"), Not(HasSubstr("start_ringing")));
    running_->reload(config_);
    poll_for("Timeout");
    channel_event("CHANNEL_ANSWER");
    EXPECT_THAT(poll_for("start_calling"), HasSubstr("start_calling"));
}

}  // namespace
}  // namespace callboard
