// What clients of one reactor get when things happen at once: each test says what lies in the reactor's
// queue, and in which order.
#include "delivery/session/live_sessions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <future>
#include <map>
#include <thread>

#include "delivery/session/poll.hpp"
#include "journal/sqlite_journal.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAlice = "0033123456101";
constexpr const char* kBob = "0033123456102";

class KnownTokens final : public TokenAuthority {
  public:
    std::optional<Grant> find(std::string_view token, Time) const override {
        if (token == "ALL") return Grant{"alpha", "", {}};
        if (token == "ALICE") return Grant{"alpha", kAlice, {}};
        return std::nullopt;
    }
    std::uint64_t generation() const override { return 1; }
};

/// An exchange that notes its answer, and says of it what the test wants.
class NotedExchange final : public HttpExchange {
  public:
    explicit NotedExchange(bool arrives) : arrives_(arrives) {}

    void respond(const HttpResponse& response) override { respond(response_bytes(response)); }
    void respond(SharedBytes response) override { answer = *response; }
    std::shared_ptr<const Receipt> respond_for_receipt(SharedBytes response) override {
        respond(std::move(response));
        return std::make_shared<Told>(arrives_);
    }
    void go_on() override {}
    void begin_stream(const HttpResponse&) override {}
    void begin_upgrade(const HttpResponse&, std::function<void(std::string_view)>) override {}
    void write(SharedBytes) override {}
    void end_stream() override {}
    std::size_t backlog() const override { return 0; }
    void on_drained(std::function<void()>) override {}
    void on_gone(std::function<void()> call) override { gone_ = std::move(call); }
    bool gone() const override { return false; }
    void abort() override {}
    std::uint64_t& connection_mark() override { return mark_; }

    void go() { std::exchange(gone_, nullptr)(); }

    std::string answer;  ///< head and body; empty while there is none

  private:
    struct Told final : Receipt {
        explicit Told(bool that) : arrives(that) {}
        bool arrived() const override { return arrives; }
        bool arrives;
    };
    const bool arrives_;
    std::function<void()> gone_;
    std::uint64_t mark_ = 0;
};

/// A reactor whose thread does what the test posts; everything else of the server behind it is real.
class LiveSessionsTest : public ::testing::Test {
  protected:
    void begin(std::size_t tail = 65'536) {
        auto journal = SqliteJournal::open(
            {directory_.path() / "journal.db", SqliteJournal::Sync::interval, 4}, clock_, metrics_);
        ASSERT_TRUE(journal) << journal.error().what;
        journal_ = *std::move(journal);
        Hub::Settings settings;
        settings.tail = tail;
        hub_ = std::make_unique<Hub>(*journal_, clock_, metrics_, directory(), TimeZone::utc(), settings);
        ASSERT_TRUE(hub_->start());
        pages_ = std::make_unique<PageReader>(*hub_);
        auto sessions = Sessions::open(directory_.path() / "sessions.db", Secret(std::string(32, 'k')),
                                       tokens_, clock_, metrics_,
                                       [this] {
                                           return Cursor{hub_->epoch(), hub_->last()};
                                       },
                                       {});
        ASSERT_TRUE(sessions) << sessions.error().what;
        sessions_ = *std::move(sessions);
        live_ = std::make_unique<LiveSessions>(
            Readers{*hub_, tokens_, seal_, *pages_, wrong_tokens_, metrics_, listeners_}, *sessions_,
            reactor_);
        thread_ = std::thread([this] { reactor_.run(); });
    }
    void TearDown() override {
        reactor_.stop();
        if (thread_.joinable()) thread_.join();
        live_.reset();
        sessions_.reset();
        pages_.reset();
        hub_.reset();
    }

    static std::shared_ptr<const Directory> directory() {
        std::vector<Service> lines(2);
        lines[0].number = kAlice;
        lines[1].number = kBob;
        for (Service& line : lines) line.account = "alpha";
        return std::make_shared<const Directory>(std::vector<Account>{{"alpha", "Alpha"}}, std::move(lines));
    }
    /// Runs on the reactor's thread, and returns when it is done.
    void on_reactor(const std::function<void()>& call) {
        std::promise<void> done;
        reactor_.post([&] {
            call();
            done.set_value();
        });
        done.get_future().wait();
    }
    std::string session(const std::vector<std::string>& tokens) {
        SessionRecord record;
        record.id = random_session_id();
        record.epoch = hub_->epoch();
        record.acknowledged = hub_->last();
        Subscriptions subscriptions;
        for (const auto& token : tokens) subscriptions.push_back({token, hub_->last()});
        record.subscriptions = std::make_shared<const Subscriptions>(std::move(subscriptions));
        sessions_->restore(record);
        return record.id;
    }
    std::shared_ptr<NotedExchange> poll(const std::string& id, bool arrives = true) {
        auto exchange = std::make_shared<NotedExchange>(arrives);
        std::make_shared<Poll>(*live_, exchange, "203.0.113.9", std::chrono::hours(1))->begin(id);
        return exchange;
    }
    /// Events of `line`, each with the next Call-ID; returns when they are announced.
    void tell(const char* line, int count = 1) {
        std::vector<Event> events;
        for (int i = 0; i < count; ++i) {
            Event event;
            event.name = event_name::start_ringing;
            event.ressource = line;
            LineData data;
            data.call_id = std::to_string(++told_);
            event.data = std::move(data);
            events.push_back(std::move(event));
        }
        std::promise<void> done;
        hub_->submit(std::move(events), clock_.now(), [&done](const auto&) { done.set_value(); });
        done.get_future().wait();
    }
    /// Waits for the answer: `CallId token` of each event, or the text.
    std::vector<std::string> answer(const std::shared_ptr<NotedExchange>& exchange) {
        const auto deadline = clock_.steady() + std::chrono::seconds(10);
        std::string bytes;
        while (bytes.empty() && clock_.steady() < deadline) on_reactor([&] { bytes = exchange->answer; });
        const std::string body = bytes.substr(bytes.find("\r\n\r\n") + 4);
        simdjson::dom::parser parser;
        simdjson::dom::array events;
        if (bytes.empty() || parser.parse(body).get_array().get(events) != simdjson::SUCCESS) return {body};
        std::vector<std::string> all;
        for (const auto event : events)
            all.push_back(std::string(std::string_view(event["data"]["CallId"])) + " " +
                          std::string(std::string_view(event["token"])));
        return all;
    }
    std::vector<std::string> polled(const std::string& id, bool arrives = true) {
        std::shared_ptr<NotedExchange> exchange;
        on_reactor([&] { exchange = poll(id, arrives); });
        return answer(exchange);
    }

    const test::TemporaryDirectory directory_;
    SystemClock clock_;
    Metrics metrics_;
    NoAudit audit_;
    Listeners listeners_{audit_, clock_};
    KnownTokens tokens_;
    CursorSeal seal_{Secret("k")};
    WrongTokens wrong_tokens_;
    std::unique_ptr<SqliteJournal> journal_;
    std::unique_ptr<Hub> hub_;
    Reactor reactor_{clock_};
    std::unique_ptr<PageReader> pages_;
    std::unique_ptr<Sessions> sessions_;
    std::unique_ptr<LiveSessions> live_;
    std::thread thread_;
    int told_ = 0;
};

TEST_F(LiveSessionsTest, AnEventThatComesBetweenTwoReadersIsToldToTheSecond) {
    begin();
    const std::string id = session({"ALL"});
    std::shared_ptr<NotedExchange> first, second;
    on_reactor([&] { first = poll(id); });
    on_reactor([&] {
        tell(kAlice);       // the wake for it lies in the queue …
        second = poll(id);  // … in front of what tells the first that it was taken over
    });
    EXPECT_THAT(answer(first), ElementsAre("Another connection reads this session now"));
    EXPECT_THAT(answer(second), ElementsAre("1 ALL"));
}

TEST_F(LiveSessionsTest, AnEventThatComesBehindASubscriptionIsToldUnderIt) {
    begin();
    const std::string id = session({"ALICE"});
    std::shared_ptr<NotedExchange> waits;
    on_reactor([&] { waits = poll(id); });
    on_reactor([&] {
        tell(kBob);  // before it
        sessions_->subscribe(id, "ALL", &reactor_, [](Sessions::Outcome, const SessionRecord&) {});
        tell(kBob);  // after it, both in one wake
    });
    EXPECT_THAT(answer(waits), ElementsAre("2 ALL"));
}

TEST_F(LiveSessionsTest, ABurstThatMemoryDoesNotHoldIsReadFromDisk) {
    begin(10);
    const std::string one = session({"ALL"}), two = session({"ALICE", "ALL"});
    std::shared_ptr<NotedExchange> first, second;
    on_reactor([&] { first = poll(one), second = poll(two); });
    on_reactor([&] {
        for (int i = 0; i < 10; ++i) tell(i % 2 == 0 ? kAlice : kBob, 5);
    });
    const auto all = answer(first);
    ASSERT_EQ(all.size(), 50U);
    EXPECT_EQ(all.front(), "1 ALL");
    EXPECT_EQ(all.back(), "50 ALL");
    EXPECT_EQ(answer(second).size(), 75U);
}

TEST_F(LiveSessionsTest, SeveralTokensOfOneWakeAreMergedAndCut) {
    begin();
    const std::string id = session({"ALICE", "ALL"});
    std::shared_ptr<NotedExchange> waits;
    on_reactor([&] { waits = poll(id); });
    on_reactor([&] {
        tell(kBob);
        tell(kAlice, 600);
    });
    auto all = answer(waits);
    ASSERT_EQ(all.size(), 999U);  // the 500th of hers would be one too many
    EXPECT_THAT(std::vector(all.begin(), all.begin() + 4),
                ElementsAre("1 ALL", "2 ALICE", "2 ALL", "3 ALICE"));
    EXPECT_EQ(all.back(), "500 ALL");
    all = polled(id);
    EXPECT_EQ(all.size(), 202U);
    EXPECT_EQ(all.front(), "501 ALICE");
}

TEST_F(LiveSessionsTest, OneTokenOfSeveralIsToldAlone) {
    begin();
    const std::string id = session({"ALICE", "ALL"});
    for (int i = 1; i <= 3; ++i) {
        std::shared_ptr<NotedExchange> waits;
        on_reactor([&] { waits = poll(id); });
        tell(kBob);
        EXPECT_THAT(answer(waits), ElementsAre(std::to_string(i) + " ALL"));
    }
}

TEST_F(LiveSessionsTest, WhatDidNotArriveIsToldAgain) {
    begin();
    const std::string id = session({"ALL"});
    tell(kAlice);
    EXPECT_THAT(polled(id, false), ElementsAre("1 ALL"));
    tell(kAlice);
    EXPECT_THAT(polled(id, false), ElementsAre("1 ALL", "2 ALL"));
    EXPECT_THAT(polled(id, true), ElementsAre("1 ALL", "2 ALL"));
    tell(kAlice);
    EXPECT_THAT(polled(id, true), ElementsAre("3 ALL"));
}

TEST_F(LiveSessionsTest, AClientThatGoesWhileItWaitsLeavesItsSessionAtThePresent) {
    begin();
    const std::string id = session({"ALICE"});
    std::shared_ptr<NotedExchange> waits;
    on_reactor([&] { waits = poll(id); });
    tell(kBob, 20);
    on_reactor([&] { waits->go(); });
    EXPECT_EQ(sessions_->find(id)->place(), 20U);
    // And in front of an event that the wake has not come to yet.
    on_reactor([&] { waits = poll(id); });
    on_reactor([&] {
        tell(kAlice);
        waits->go();
    });
    EXPECT_EQ(sessions_->find(id)->place(), 20U);
    EXPECT_THAT(polled(id), ElementsAre("21 ALICE"));
    EXPECT_EQ(waits->answer, "");
}

TEST_F(LiveSessionsTest, AnswersWhatItHasWhenItStops) {
    begin();
    const std::string id = session({"ALL"}), quiet = session({"ALL"});
    std::shared_ptr<NotedExchange> waits, other;
    on_reactor([&] { other = poll(quiet); });
    on_reactor([&] {
        tell(kAlice);
        waits = poll(id);
        live_->stop();
    });
    EXPECT_THAT(answer(waits), ElementsAre("1 ALL"));
    EXPECT_THAT(answer(other), ElementsAre("1 ALL"));
    EXPECT_THAT(polled(quiet), ElementsAre("Timeout, please reconnect"));
    tell(kAlice);
    EXPECT_THAT(polled(quiet), ElementsAre("2 ALL"));
}

TEST_F(LiveSessionsTest, CountsThoseWhoWait) {
    begin();
    const std::string id = session({"ALICE", "ALL"});
    auto& waiting = metrics_.gauge("callboard_subscribers", "", {{"transport", "v2"}});
    std::shared_ptr<NotedExchange> waits;
    on_reactor([&] { waits = poll(id); });
    EXPECT_EQ(waiting.value(), 1);
    on_reactor([&] { waits->go(); });
    EXPECT_EQ(waiting.value(), 0);
    EXPECT_THAT(polled("Xk3fQ0aP7b2z"), ElementsAre("Session not found"));
    EXPECT_EQ(waiting.value(), 0);
}

}  // namespace
}  // namespace callboard
