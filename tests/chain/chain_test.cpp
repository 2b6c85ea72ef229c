// Two of us in a chain: the first serves, the second reads it as a source of kind "ovh", a client reads the
// second.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/wiring.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr const char* kLine = "0033972000001";
constexpr const char* kQueue = "0033972000002";

/// One Callboard that can be stopped, killed and started again on the same address and data.
class Board {
  public:
    Board(const fs::path& place, const std::string& name) : place_(place / name) {
        config_.data_dir = place_;
        config_.http.listen = {"127.0.0.1:0"};
        config_.http.poll_timeout = milliseconds(300);
        config_.threads = 1;
        config_.accounts = {{"office", "Office"}};
        for (const char* number : {kLine, kQueue}) {
            Service service;
            service.account = "office";
            service.number = service.description = number;
            service.type = number == kLine ? ServiceType::sip_line : ServiceType::easy_hunting;
            service.id = made_up_id(number);
            config_.services.push_back(service);
        }
        config_.api_keys = {{"test", Secret("KEY"), {{"POST", "/api/ingest"}}}};
    }
    Config& config() { return config_; }

    void start() {
        auto started = Installation::start(config_, clock_);
        ASSERT_TRUE(started) << started.error().what;
        running_ = *std::move(started);
        config_.http.listen = running_->http_addresses();
    }
    void stop() { running_.reset(); }
    /// As kill -9 leaves it: what is on the disk now is what the next start finds.
    void crash() {
        const fs::path found = place_.string() + "-" + std::to_string(++crashes_);
        fs::copy(config_.data_dir, found, fs::copy_options::recursive);
        stop();
        config_.data_dir = found;
    }
    std::string url() const { return "http://" + config_.http.listen.at(0); }
    test::HttpClient client() const {
        return test::HttpClient(parse_address(config_.http.listen.at(0))->port());
    }
    TokenStore& tokens() { return running_->tokens(); }
    std::string token() {
        const auto known = tokens().of_place("office", "");
        return known ? known->text : tokens().create("office", "", std::nullopt)->text;
    }

  private:
    const SystemClock clock_{};
    const fs::path place_;
    Config config_;
    std::unique_ptr<Installation> running_;
    int crashes_ = 0;
};

class Chain : public testing::TestWithParam<int> {
  protected:
    void SetUp() override {
        first_.config().http.poll_timeout = milliseconds(2'000);
        first_.start();
        second_.config().ovh_inputs = {
            {.name = "up", .url = first_.url(), .token = Secret(first_.token()), .version = GetParam()}};
        second_.start();
        token_ = second_.token();
        ASSERT_TRUE(eventually([this] { return is_up(); }));
        read();
    }

    static bool eventually(const std::function<bool()>& holds) {
        const SystemClock clock;
        const auto deadline = clock.steady() + std::chrono::seconds(60);
        while (!holds()) {
            if (clock.steady() > deadline) return false;
            std::this_thread::sleep_for(milliseconds(10));
        }
        return true;
    }
    bool is_up() {
        const auto ready = second_.client().get("/readyz");
        return ready && ready->body.find(R"("up":true)") != std::string::npos;
    }
    /// Lets the first tell events of the line with the next Call-IDs, in posts of `together`.
    void tell(int count, int together = 1) {
        auto client = first_.client();
        for (int last = told_ + count; told_ < last;) {
            std::string body = "[";
            for (int i = 0; i < together && told_ < last; ++i) {
                if (body.size() > 1) body += ',';
                body += fmt::format(
                    R"({{"event":"start_ringing","service":"sip","ressource":"{}","data":{{"CallId":"{}","Calling":)"
                    R"("0033612345678","Called":"{}","Ts":"1780000000.102","New":[1.50,null]}}}})",
                    kLine, ++told_, kLine);
            }
            const auto answer = client.post("/api/ingest", body + "]", "Authorization: Bearer KEY\r\n");
            ASSERT_TRUE(answer);
            ASSERT_EQ(answer->status, 200) << answer->body;
        }
    }
    /// What a client of the second has been told since the last time.
    void read() {
        auto client = second_.client();
        const auto answer =
            client.get("/?token=" + token_ + (session_.empty() ? "" : "&session=" + session_));
        if (!answer || answer->status != 200) return;
        simdjson::dom::parser parser;
        const simdjson::padded_string body(answer->body);
        simdjson::dom::element document;
        simdjson::dom::array events;
        std::string_view session;
        ASSERT_EQ(parser.parse(body).get(document), simdjson::SUCCESS);
        ASSERT_EQ(document["Session"].get(session), simdjson::SUCCESS);
        ASSERT_EQ(document["Events"].get(events), simdjson::SUCCESS);
        session_ = session;
        for (const simdjson::dom::element event : events) {
            std::string_view call;
            if (event["Data"]["CallId"].get_string().get(call) == simdjson::SUCCESS)
                calls_.emplace_back(call);
            last_ = answer->body;
        }
    }
    /// Everything that was told has come to the client: once, in order.
    void expect_all() {
        eventually([this] {
            read();
            return calls_.size() >= static_cast<std::size_t>(told_);
        });
        read();
        std::vector<std::string> wanted;
        for (int i = 1; i <= told_; ++i) wanted.push_back(std::to_string(i));
        EXPECT_EQ(calls_, wanted);
    }

    const test::TemporaryDirectory directory_;
    Board first_{directory_.path(), "first"}, second_{directory_.path(), "second"};
    std::string token_, session_;
    std::string last_;  // the last answer with events
    int told_ = 0;
    std::vector<std::string> calls_;
};

TEST_P(Chain, TellsEachEventOnceInOrder) {
    tell(20);
    tell(3'000, 500);
    tell(5);
    expect_all();
    for (const char* kept : {R"("Calling":"0033612345678")", R"("Ts":"1780000000.102")",
                             R"("New":[1.50,null])", R"("Ressource":"0033972000001")"})
        EXPECT_THAT(last_, HasSubstr(kept));
    EXPECT_THAT(last_, HasSubstr("\"Token\":\"" + token_ + "\"")) << "under our own token";
}

TEST_P(Chain, TheFirstMayBeRestarted) {
    for (int i = 0; i < 2; ++i) {
        tell(10);
        first_.stop();
        first_.start();
        tell(10, 10);
    }
    expect_all();
}

TEST_P(Chain, TheFirstMayCrash) {
    for (int i = 0; i < 2; ++i) {
        tell(10);
        first_.crash();
        first_.start();
        tell(10, 10);
    }
    expect_all();
}

TEST_P(Chain, TheSecondMayBeRestarted) {
    for (int i = 0; i < 2; ++i) {
        tell(10);
        second_.stop();
        tell(10);
        second_.start();
        tell(10, 5);
    }
    expect_all();
}

TEST_P(Chain, TheSecondMayCrash) {
    for (int i = 0; i < 2; ++i) {
        tell(10);
        expect_all();
        second_.crash();
        tell(10);
        second_.start();
        tell(10, 5);
        expect_all();
    }
}

TEST_P(Chain, BothMayBeRestarted) {
    tell(10);
    second_.stop();
    tell(10);
    first_.stop();
    second_.start();
    first_.start();
    tell(10);
    expect_all();
}

TEST_P(Chain, ADeadTokenIsShown) {
    tell(1);
    expect_all();
    ASSERT_TRUE(first_.tokens().revoke(first_.token()));
    ASSERT_TRUE(eventually([this] { return !is_up(); }));
    const auto ready = second_.client().get("/readyz");
    ASSERT_TRUE(ready);
    EXPECT_THAT(ready->body, HasSubstr("the service refuses the token"));
    EXPECT_THAT(second_.client().get("/metrics")->body, HasSubstr("callboard_source_up{source=\"up\"} 0"));
}

INSTANTIATE_TEST_SUITE_P(Version, Chain, testing::Values(1, 2),
                         [](const testing::TestParamInfo<int>& version) {
                             return fmt::format("v{}", version.param);
                         });

}  // namespace
}  // namespace callboard
