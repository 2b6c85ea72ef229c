#include "api/publications.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "hub/hub_for_test.hpp"

namespace callboard {
namespace {

using test::kLine;
using test::kPatience;
using testing::ElementsAre;

Event registered() {
    Event event;
    event.name = "registered";
    event.ressource = kLine;
    event.data = LineData{};
    return event;
}

class PublicationsTest : public testing::Test {
  protected:
    PublicationsTest() { EXPECT_TRUE(hub_.start()); }
    ~PublicationsTest() override {
        reactor_.stop();
        thread_.join();
    }

    /// Runs `call` on the reactor's thread and waits for all that it published.
    std::vector<Result<Hub::Appended>> published_in_one_turn(std::size_t count) {
        std::vector<Result<Hub::Appended>> outcomes;
        std::promise<void> all;
        reactor_.post([&] {
            for (std::size_t i = 0; i < count; ++i)
                publications_.publish(reactor_, {{registered()}, {}, [&, count](const auto& appended) {
                                                     outcomes.push_back(appended);
                                                     if (outcomes.size() == count) all.set_value();
                                                 }});
        });
        EXPECT_EQ(all.get_future().wait_for(kPatience), std::future_status::ready);
        return outcomes;
    }

    test::WilfulJournal journal_;
    test::SharedClock clock_;
    Metrics metrics_;
    Hub hub_{journal_, clock_, metrics_, test::one_line(), TimeZone::utc(), {}};
    Reactor reactor_{clock_};
    Publications publications_{hub_, {&reactor_}};
    std::thread thread_{[this] { reactor_.run(); }};
};

TEST_F(PublicationsTest, OfOneTurnMakeOneGroup) {
    const auto outcomes = published_in_one_turn(5);
    std::vector<Sequence> numbers;
    for (const auto& outcome : outcomes) numbers.push_back(outcome ? outcome->first : 0);
    EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5));
    EXPECT_EQ(journal_.tries, 1);
    EXPECT_EQ(published_in_one_turn(1).front()->first, 6U) << "and the next turn's another";
    EXPECT_EQ(journal_.tries, 2);
}

TEST_F(PublicationsTest, AreToldThatTheHubHasStopped) {
    hub_.stop();
    for (const auto& outcome : published_in_one_turn(3)) {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind, Error::Kind::unavailable);
    }
}

}  // namespace
}  // namespace callboard
