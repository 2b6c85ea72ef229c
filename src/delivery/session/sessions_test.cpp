#include "delivery/session/sessions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = Sessions::Outcome;

/// Every token is in force, but for those that ended.
class AnyToken final : public TokenAuthority {
  public:
    std::map<std::string, bool, std::less<>> ended;

    std::optional<Grant> find(std::string_view token, Time) const override {
        return ended.contains(token) ? std::nullopt : std::optional(Grant{"alpha", "", {}});
    }
    std::uint64_t generation() const override { return ended.size(); }
};

class FixedReceipt final : public Receipt {
  public:
    explicit FixedReceipt(bool arrived) : arrived_(arrived) {}
    bool arrived() const override { return arrived_; }

  private:
    bool arrived_;
};

/// Notes what it is told.
class Reader final : public Attachment {
  public:
    using Attachment::Attachment;
    void taken_over() override { said.emplace_back("taken over"); }
    void session_removed() override { said.emplace_back("removed"); }
    void subscriptions_changed() override { said.emplace_back("changed"); }

    std::vector<std::string> said;
    std::optional<SessionRecord> begun;
};

class SessionsTest : public ::testing::Test {
  protected:
    SessionsTest() {
        for (Reactor* reactor : {&one_, &other_}) threads_.emplace_back([reactor] { reactor->run(); });
        open();
    }
    ~SessionsTest() override {
        for (Reactor* reactor : {&one_, &other_}) reactor->stop();
        for (auto& thread : threads_) thread.join();
    }

    void open(Sessions::Settings settings = {}) {
        sessions.reset();
        settings.write_within = std::chrono::milliseconds(1);
        settings.retry = std::chrono::milliseconds(1);
        auto opened = Sessions::open(
            directory_.path() / "sessions.db", Secret(std::string(32, 'k')), tokens, clock, metrics,
            [this] { return present; }, settings);
        if (!opened) throw std::runtime_error(opened.error().what);
        sessions = *std::move(opened);
    }

    struct Answer {
        Outcome outcome = Outcome::unknown;
        SessionRecord session;
    };
    /// What a request was answered, once it was.
    template <typename Ask>
    Answer asked(Ask ask) {
        std::promise<Answer> done;
        ask([&done](Outcome outcome, const SessionRecord& session) { done.set_value({outcome, session}); });
        const Answer answer = done.get_future().get();
        let_reactors_finish();
        return answer;
    }
    Answer create(std::string_view address = "192.0.2.1") {
        return asked([&](Sessions::Done done) { sessions->create(address, std::move(done)); });
    }
    Answer subscribe(const std::string& id, const std::string& token) {
        return asked([&](Sessions::Done done) { sessions->subscribe(id, token, nullptr, std::move(done)); });
    }
    Answer unsubscribe(const std::string& id, const std::string& token) {
        return asked(
            [&](Sessions::Done done) { sessions->unsubscribe(id, token, nullptr, std::move(done)); });
    }
    Answer remove(const std::string& id) {
        return asked([&](Sessions::Done done) { sessions->remove(id, std::move(done)); });
    }
    std::string made() { return create().session.id; }

    /// Returns when it has begun.
    std::shared_ptr<Reader> attach(const std::string& id, Reactor& reactor) {
        auto reader = std::make_shared<Reader>(reactor);
        std::promise<void> begun;
        if (!sessions->attach(id, reader, [&, raw = reader.get()](const SessionRecord& session) {
                raw->begun = session;
                begun.set_value();
            }))
            return nullptr;
        begun.get_future().wait();
        let_reactors_finish();
        return reader;
    }
    std::shared_ptr<Reader> attach(const std::string& id) { return attach(id, one_); }
    /// What was posted until now, and what that posts.
    void let_reactors_finish() {
        for (int i = 0; i < 4; ++i)
            for (Reactor* reactor : {&one_, &other_}) {
                std::promise<void> reached;
                reactor->post([&reached] { reached.set_value(); });
                reached.get_future().wait();
            }
    }
    /// Lets a reactor do nothing until the promise is kept.
    static void hold(Reactor& reactor, std::promise<void>& release) {
        reactor.post([&release] { release.get_future().wait(); });
    }
    Sequence place(const std::string& id) { return sessions->find(id)->place(); }
    void answer(const std::shared_ptr<Reader>& reader, Sequence through, bool arrives) {
        const auto answer = sessions->answer(*reader, through);
        ASSERT_TRUE(answer);
        answer->receipt = std::make_shared<FixedReceipt>(arrives);
    }

    const test::TemporaryDirectory directory_;
    ManualClock clock;
    Metrics metrics;
    AnyToken tokens;
    Cursor present{77, 100};
    SystemClock system_;
    Reactor one_{system_}, other_{system_};
    std::vector<std::thread> threads_;
    std::unique_ptr<Sessions> sessions;
};

std::vector<std::string> tokens_of(const SessionRecord& session) {
    std::vector<std::string> all;
    for (const auto& one : *session.subscriptions) all.push_back(one.token);
    return all;
}

TEST_F(SessionsTest, MakesThemAndFindsThem) {
    const auto made = create();
    ASSERT_EQ(made.outcome, Outcome::done);
    EXPECT_EQ(made.session.creation, clock.now());
    EXPECT_EQ(made.session.last_update, clock.now());
    EXPECT_EQ(made.session.last_connection, clock.now());
    EXPECT_EQ(sessions->find(made.session.id)->id, made.session.id);
    EXPECT_FALSE(sessions->find("Xk3fQ0aP7b2z"));
    EXPECT_NE(create().session.id, made.session.id);
}

TEST_F(SessionsTest, SubscribeFromThePresentOn) {
    const std::string id = made();
    clock.advance(minutes(1));
    EXPECT_EQ(subscribe(id, "A").outcome, Outcome::done);
    present.sequence = 120;
    EXPECT_EQ(subscribe(id, "B").outcome, Outcome::done);
    EXPECT_EQ(subscribe(id, "A").outcome, Outcome::done);  // changes nothing
    const auto session = *sessions->find(id);
    EXPECT_EQ(*session.subscriptions, (Subscriptions{{"A", 100}, {"B", 120}}));
    EXPECT_EQ(session.place(), 100U);
    EXPECT_EQ(session.last_update, session.creation + minutes(1));
    EXPECT_EQ(subscribe("Xk3fQ0aP7b2z", "A").outcome, Outcome::unknown);
}

TEST_F(SessionsTest, UnsubscribeAndDelete) {
    const std::string id = made();
    subscribe(id, "A");
    subscribe(id, "B");
    EXPECT_EQ(unsubscribe(id, "A").outcome, Outcome::done);
    EXPECT_EQ(unsubscribe(id, "A").outcome, Outcome::done);
    EXPECT_THAT(tokens_of(*sessions->find(id)), ElementsAre("B"));
    EXPECT_EQ(remove(id).outcome, Outcome::done);
    EXPECT_FALSE(sessions->find(id));
    EXPECT_EQ(remove(id).outcome, Outcome::unknown);
    EXPECT_EQ(unsubscribe(id, "B").outcome, Outcome::unknown);
}

TEST_F(SessionsTest, TakeFiftyTokens) {
    const std::string id = made();
    for (int i = 0; i < 50; ++i) ASSERT_EQ(subscribe(id, "T" + std::to_string(i)).outcome, Outcome::done);
    EXPECT_EQ(subscribe(id, "T50").outcome, Outcome::too_many_tokens);
    EXPECT_EQ(subscribe(id, "T7").outcome, Outcome::done);  // it has this one
    tokens.ended["T3"] = true;
    EXPECT_EQ(subscribe(id, "T50").outcome, Outcome::done);  // in the place of one that died
    EXPECT_EQ(tokens_of(*sessions->find(id)).size(), 50U);
}

TEST_F(SessionsTest, AreTheSameAfterAStart) {
    const std::string id = made(), gone = made();
    subscribe(id, "A");
    const auto reader = attach(id);
    sessions->acknowledge(*reader, 105);
    remove(gone);
    present.sequence = 110;
    const auto before = *sessions->find(id);
    open();
    const auto after = sessions->find(id);
    ASSERT_TRUE(after);
    EXPECT_EQ(packed(*after), packed(before));
    EXPECT_EQ(after->place(), 105U);
    EXPECT_FALSE(sessions->find(gone));
}

TEST_F(SessionsTest, AnAnswerThatArrivedBeforeTheEndCounts) {
    const std::string id = made();
    subscribe(id, "A");
    answer(attach(id), 104, true);
    const std::string other = made();
    subscribe(other, "A");
    answer(attach(other), 104, false);
    present.sequence = 110;
    open();
    EXPECT_EQ(place(id), 104U);
    EXPECT_EQ(place(other), 100U);
}

TEST_F(SessionsTest, AreForgottenWhenIdleForAnHour) {
    const std::string idle = made(), used = made(), waiting = made();
    const auto reader = attach(waiting);
    clock.advance(minutes(59));
    subscribe(used, "A");
    EXPECT_TRUE(sessions->find(idle));
    clock.advance(minutes(1));
    EXPECT_FALSE(sessions->find(idle));
    EXPECT_TRUE(sessions->find(used));
    clock.advance(hours(5));
    sessions->expire();
    EXPECT_FALSE(sessions->find(used));
    EXPECT_TRUE(sessions->find(waiting));  // somebody reads it
    sessions->detach(*reader, 0);
    clock.advance(minutes(59));
    EXPECT_TRUE(sessions->find(waiting));
    clock.advance(minutes(1));
    EXPECT_FALSE(attach(waiting));
    EXPECT_EQ(metrics.gauge("callboard_sessions", "").value(), 0);
}

TEST_F(SessionsTest, AClockThatIsSetMakesNobodyIdle) {
    const std::string id = made();
    clock.jump(hours(1));
    sessions->expire();
    EXPECT_TRUE(attach(id));
    const std::string other = made();
    clock.jump(hours(-2));
    clock.advance(hours(1));  // and nobody less so
    EXPECT_FALSE(sessions->find(other));
}

TEST_F(SessionsTest, TheHourBeginsAnewWithAStart) {
    const std::string id = made();
    clock.advance(minutes(59));
    open();
    clock.advance(minutes(59));
    EXPECT_TRUE(sessions->find(id));
    clock.advance(minutes(1));
    EXPECT_FALSE(sessions->find(id));
    open();
    EXPECT_FALSE(sessions->find(id));
}

TEST_F(SessionsTest, AreBoundedForAnAddress) {
    open({.most = 100, .most_of_address = 3});
    const std::string first = made();
    made();
    made();
    EXPECT_EQ(create().outcome, Outcome::too_many_of_yours);
    EXPECT_EQ(create("192.0.2.2").outcome, Outcome::done);
    remove(first);
    EXPECT_EQ(create().outcome, Outcome::done);
    open({.most = 100, .most_of_address = 3});  // those of the file count
    EXPECT_EQ(create().outcome, Outcome::too_many_of_yours);
    clock.advance(hours(1));
    EXPECT_EQ(create().outcome, Outcome::done);
}

TEST_F(SessionsTest, AreBoundedInAllAndEmptyOnesMakeRoom) {
    open({.most = 3});
    const std::string used = made();
    subscribe(used, "A");
    const std::string empty = made(), read = made();
    const auto reader = attach(read);
    EXPECT_EQ(create().outcome, Outcome::done);  // in the place of `empty`
    EXPECT_FALSE(sessions->find(empty));
    EXPECT_TRUE(sessions->find(used));
    EXPECT_TRUE(sessions->find(read));
    const std::string last = made();
    subscribe(last, "A");
    EXPECT_EQ(create().outcome, Outcome::too_many);
}

TEST_F(SessionsTest, AreReadByOneAtATimeAndTheNewestWins) {
    const std::string id = made();
    const auto first = attach(id, one_);
    ASSERT_TRUE(first->begun);
    const auto second = attach(id, other_);
    EXPECT_THAT(first->said, ElementsAre("taken over"));
    EXPECT_TRUE(second->begun);
    EXPECT_FALSE(sessions->answer(*first, 101));
    EXPECT_TRUE(sessions->answer(*second, 101));
    EXPECT_THAT(second->said, IsEmpty());
}

TEST_F(SessionsTest, OneThatIsTakenOverBeforeItBeganNeverBegins) {
    const std::string id = made();
    const auto first = attach(id, one_);
    const auto second = std::make_shared<Reader>(other_), third = std::make_shared<Reader>(one_);
    std::promise<void> release;
    hold(one_, release);
    for (const auto& reader : {second, third})
        sessions->attach(id, reader, [raw = reader.get()](const SessionRecord& is) { raw->begun = is; });
    release.set_value();
    let_reactors_finish();
    EXPECT_FALSE(second->begun);
    EXPECT_THAT(second->said, ElementsAre("taken over"));
    EXPECT_TRUE(third->begun);
}

TEST_F(SessionsTest, WhatTheLastReaderHadCountsUntilTheNextBegins) {
    const std::string id = made();
    subscribe(id, "A");
    const auto first = attach(id, one_);
    const auto second = std::make_shared<Reader>(other_);
    std::promise<void> release;
    hold(one_, release);
    sessions->attach(id, second, [&](const SessionRecord& session) { second->begun = session; });
    sessions->acknowledge(*first, 103);  // a pong that lay in its socket
    release.set_value();
    let_reactors_finish();
    ASSERT_TRUE(second->begun);
    EXPECT_EQ(second->begun->place(), 103U);
    sessions->acknowledge(*first, 109);
    EXPECT_EQ(place(id), 103U);
}

TEST_F(SessionsTest, AnAnswerMovesThePlaceWhenItArrived) {
    const std::string id = made();
    subscribe(id, "A");
    for (Reactor* reactor : {&one_, &other_}) {  // that of the answer, or another
        const Sequence before = place(id);
        answer(attach(id, one_), before + 5, false);
        const auto next = attach(id, *reactor);
        EXPECT_EQ(next->begun->place(), before);  // it is told again
        sessions->detach(*next, 0);
        answer(attach(id, one_), before + 5, true);
        const auto last = attach(id, *reactor);
        EXPECT_EQ(last->begun->place(), before + 5);
        sessions->detach(*last, 0);
    }
}

TEST_F(SessionsTest, AnAnswerWithoutAReceiptDidNotArrive) {
    const std::string id = made();
    subscribe(id, "A");
    ASSERT_TRUE(sessions->answer(*attach(id), 105));  // its client had gone
    EXPECT_EQ(attach(id)->begun->place(), 100U);
}

TEST_F(SessionsTest, PlacesNeverGoBack) {
    const std::string id = made();
    subscribe(id, "A");
    const auto reader = attach(id);
    sessions->acknowledge(*reader, 110);
    sessions->acknowledge(*reader, 105);
    sessions->detach(*reader, 103);
    EXPECT_EQ(place(id), 110U);
}

TEST_F(SessionsTest, ChangesComeThroughTheReactorOfTheReader) {
    const std::string id = made();
    const auto reader = attach(id, other_);
    EXPECT_EQ(subscribe(id, "A").outcome, Outcome::done);
    EXPECT_THAT(reader->said, ElementsAre("changed"));
    EXPECT_EQ(subscribe(id, "A").outcome, Outcome::done);
    EXPECT_EQ(unsubscribe(id, "B").outcome, Outcome::done);
    EXPECT_THAT(reader->said, ElementsAre("changed"));
    remove(id);
    EXPECT_THAT(reader->said, ElementsAre("changed", "removed"));
    sessions->detach(*reader, 200);
    EXPECT_FALSE(sessions->find(id));
}

TEST_F(SessionsTest, ASessionWhoseTokensDiedIsBereft) {
    const std::string id = made();
    subscribe(id, "A");
    subscribe(id, "B");
    const auto reader = attach(id);
    EXPECT_THAT(tokens_of(sessions->drop(*reader, {"A"})), ElementsAre("B"));
    EXPECT_FALSE(sessions->find(id)->bereft);
    EXPECT_TRUE(sessions->drop(*reader, {"B", "C"}).bereft);
    present.sequence = 150;
    sessions->detach(*reader, 0);
    subscribe(id, "D");
    EXPECT_FALSE(sessions->find(id)->bereft);
    EXPECT_EQ(place(id), 150U);
    unsubscribe(id, "D");
    EXPECT_FALSE(sessions->find(id)->bereft);  // of its own will
}

TEST_F(SessionsTest, ASessionOfAnotherJournalGetsAllOfThisOne) {
    const std::string id = made();
    subscribe(id, "A");
    present = {78, 20};
    open();
    auto session = *sessions->find(id);
    EXPECT_TRUE(session.replaced);
    EXPECT_EQ(session.place(), 0U);
    answer(attach(id), 0, false);
    answer(attach(id), 0, true);  // what said so arrived
    const auto reader = attach(id);
    EXPECT_FALSE(reader->begun->replaced);
    open();
    EXPECT_FALSE(sessions->find(id)->replaced);
}

TEST_F(SessionsTest, NeverStandBehindTheJournal) {
    const std::string id = made();
    subscribe(id, "A");
    present.sequence = 90;  // a crash of the machine took the last ten events
    open();
    EXPECT_EQ(place(id), 90U);
}

TEST_F(SessionsTest, WhatCannotBeKeptIsSaid) {
    const std::string id = made();
    auto other = sqlite::Connection::open((directory_.path() / "sessions.db").string(), false);
    ASSERT_TRUE(other && other->run("BEGIN IMMEDIATE"));
    EXPECT_EQ(create().outcome, Outcome::not_kept);
    const auto reader = attach(id);
    sessions->acknowledge(*reader, 105);
    ASSERT_TRUE(other->run("COMMIT"));
    EXPECT_EQ(create().outcome, Outcome::done);  // it heals, and nothing was forgotten
    present.sequence = 110;
    open();
    EXPECT_EQ(place(id), 105U);
}

}  // namespace
}  // namespace callboard
