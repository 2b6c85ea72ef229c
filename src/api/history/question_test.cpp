#include "api/history/question.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kAlice = "0033972000001";
constexpr const char* kSupport = "0033972000002";

const Directory& directory() {
    static const Directory all({{"office", "Office"}},
                               {{"office", kAlice, "Alice", ServiceType::sip_line, 2, "1", {"101", "alice"}},
                                {"office", kSupport, "Support", ServiceType::easy_hunting, 1, "2", {"801"}}});
    return all;
}

/// Sunday, the day on which clocks go forward: 2026-03-29T15:00:00+02:00.
constexpr std::int64_t kNow = 1'774'789'200'000'000'000;

std::int64_t ns(Time time) { return nanoseconds_since_epoch(time); }

class HistoryQuestion : public testing::Test {
  protected:
    HttpRequest request(std::string query) {
        query_ = std::move(query);
        HttpRequest made;
        made.method = "GET";
        made.path = "/api/calls";
        made.query = query_;
        return made;
    }
    Result<HistoryQuery> query(const std::string& text, const Grant& grant = {"office", {}, {}, {}}) {
        return history_query(request(text), grant, context_);
    }
    Result<HistoryPage> page(const std::string& text) { return history_page(request(text)); }
    Result<StatisticsQuestion> statistics(const std::string& text) {
        return statistics_question(request(text), context_);
    }
    template <typename T>
    static std::string complaint(const Result<T>& result) {
        return result ? "none" : result.error().what;
    }

    const TimeZone zone_ = *TimeZone::named("Europe/Paris");
    const HistoryContext context_{directory(), zone_, "FR", time_from_nanoseconds(kNow)};

  private:
    std::string query_;
};

/// It would say whose number a masked one is.
TEST_F(HistoryQuestion, AMaskedTokenMayNotSearchByNumber) {
    const Grant masked{"office", {}, {}, {}, true};
    for (const char* number : {"0612345678", "0033612****78", "101"}) {
        const auto refused = query(std::string("number=") + number, masked);
        ASSERT_FALSE(refused) << number;
        EXPECT_EQ(refused.error().kind, Error::Kind::denied);
        EXPECT_THAT(refused.error().what, HasSubstr("masked"));
    }
    EXPECT_TRUE(query("number=", masked));
    EXPECT_TRUE(query("line=101&outcome=missed&direction=in", masked));
}

TEST_F(HistoryQuestion, NothingAskedMeansEverythingOfTheAccount) {
    const auto all = query("");
    ASSERT_TRUE(all);
    EXPECT_EQ(all->account, "office");
    for (const auto* member : {&all->service, &all->agent_of_service, &all->line, &all->queue, &all->agent})
        EXPECT_EQ(*member, "");
    EXPECT_THAT(all->numbers, IsEmpty());
    EXPECT_THAT(all->outcomes, IsEmpty());
    EXPECT_FALSE(all->incoming);
    EXPECT_FALSE(all->kind);
    EXPECT_EQ(all->from, Time{});
    EXPECT_EQ(all->to, Time::max());
}

TEST_F(HistoryQuestion, EmptyParametersAreAbsent) {
    const auto all =
        query("number=&line=&queue=&agent=&outcome=&direction=&kind=&from=&to=&limit=&after=&token=x");
    ASSERT_TRUE(all) << complaint(all);
    EXPECT_THAT(all->numbers, IsEmpty());
    EXPECT_FALSE(all->incoming);
    EXPECT_EQ(all->to, Time::max());
    const auto first = page("limit=&after=");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->limit, 100U);
    EXPECT_EQ(first->before, Time::max());
}

TEST_F(HistoryQuestion, NumbersAreReadHoweverTheyAreWritten) {
    for (const char* written : {"0612345678", "06%2012%2034%2056%2078", "06.12.34.56.78", "%2B33612345678",
                                "%2B33%206%2012%2034%2056%2078", "0033612345678"}) {
        const auto asked = query(std::string("number=") + written);
        ASSERT_TRUE(asked) << written;
        EXPECT_THAT(asked->numbers, ElementsAre("0033612345678")) << written;
    }
    EXPECT_THAT(query("number=anonymous")->numbers, ElementsAre("anonymous"));
    EXPECT_THAT(query("number=alice")->numbers, ElementsAre(kAlice)) << "an alias means its service";
}

TEST_F(HistoryQuestion, WhatHasLettersMayBeAName) {
    EXPECT_EQ(searched_name(request("number=Dupont")), "Dupont");
    EXPECT_EQ(searched_name(request("number=A%26B%201")), "A&B 1");
    EXPECT_EQ(searched_name(request("number=H%C3%A9l%C3%A8ne")), "Hélène");
    for (const char* none : {"", "number=", "number=06%2012-34.56", "number=%2B33(0)612345678", "line=alice",
                             "number=0033612****78"})
        EXPECT_EQ(searched_name(request(none)), "") << none;
}

TEST_F(HistoryQuestion, LinesAndQueuesGoByNumberOrAlias) {
    for (const char* written : {"101", "alice", kAlice, "0972000001", "%2B33972000001"})
        EXPECT_EQ(query(std::string("line=") + written)->line, kAlice) << written;
    for (const char* written : {"801", kSupport, "0972000002"})
        EXPECT_EQ(query(std::string("queue=") + written)->queue, kSupport) << written;
    EXPECT_EQ(query("agent=agent_0033972000001_42")->agent, "agent_0033972000001_42");
}

TEST_F(HistoryQuestion, WordsAreTaken) {
    EXPECT_EQ(query("direction=in")->incoming, true);
    EXPECT_EQ(query("direction=out")->incoming, false);
    EXPECT_EQ(query("kind=call")->kind, HistoryRow::Kind::call);
    EXPECT_EQ(query("kind=queue")->kind, HistoryRow::Kind::visit);
    EXPECT_THAT(query("outcome=missed")->outcomes, ElementsAre(CallOutcome::missed));
    EXPECT_THAT(query("outcome=busy,missed,no_agent")->outcomes,
                UnorderedElementsAre(CallOutcome::busy, CallOutcome::missed, CallOutcome::no_agent));
    EXPECT_THAT(query("outcome=busy,")->outcomes, ElementsAre(CallOutcome::busy));
}

TEST_F(HistoryQuestion, EveryOutcomeHasAWordThatIsTaken) {
    std::string all;
    for (std::size_t i = 0; i < kCallOutcomes; ++i) {
        const auto outcome = static_cast<CallOutcome>(i);
        EXPECT_THAT(query("outcome=" + std::string(text_of(outcome)))->outcomes, ElementsAre(outcome));
        all.append(all.empty() ? "" : ",").append(text_of(outcome));
    }
    EXPECT_EQ(query("outcome=" + all)->outcomes.size(), kCallOutcomes);
}

TEST_F(HistoryQuestion, WhatIsWrongIsNamedWithWhatToWrite) {
    EXPECT_EQ(complaint(query("direction=up")), "\"direction\" is wrong: one of in, out");
    EXPECT_EQ(complaint(query("kind=visit")), "\"kind\" is wrong: one of call, queue");
    EXPECT_THAT(complaint(query("outcome=lost")), HasSubstr("\"outcome\" is wrong: answered, missed"));
    EXPECT_THAT(complaint(query("outcome=busy,,missed")), HasSubstr("\"outcome\" is wrong"));
    EXPECT_THAT(complaint(query("from=yesterday")), HasSubstr("\"from\" is wrong: nanoseconds since 1970"));
    EXPECT_THAT(complaint(query("to=2026-02-30")), HasSubstr("\"to\" is wrong"));
}

TEST_F(HistoryQuestion, TimesAreNanosecondsOrRfc3339OrADate) {
    const auto asked = query("from=1774747800000000001&to=2026-03-29T04:30:00%2B02:00");
    ASSERT_TRUE(asked) << complaint(asked);
    EXPECT_EQ(ns(asked->from), 1'774'747'800'000'000'001);
    EXPECT_EQ(ns(asked->to), 1'774'751'400'000'000'000);
    EXPECT_EQ(ns(query("from=2026-03-29T01:30:00Z")->from), 1'774'747'800'000'000'000);
}

TEST_F(HistoryQuestion, DateOfTheEndMeansItsEnd) {
    const auto day = query("from=2026-03-29&to=2026-03-29");
    ASSERT_TRUE(day) << complaint(day);
    EXPECT_EQ(day->to - day->from, std::chrono::hours(23)) << "clocks go forward on that day";
    const auto long_day = query("from=2026-10-25&to=2026-10-25");
    ASSERT_TRUE(long_day);
    EXPECT_EQ(long_day->to - long_day->from, std::chrono::hours(25));
}

TEST_F(HistoryQuestion, SpanHasALength) {
    for (const char* wrong : {"from=2026-02-02&to=2026-02-01", "from=5&to=5", "from=6&to=5"})
        EXPECT_THAT(complaint(query(wrong)), HasSubstr("a time before \"to\"")) << wrong;
}

TEST_F(HistoryQuestion, GrantConfinesWhateverIsAsked) {
    const Grant alice{"office", kAlice, {}, {}};
    const auto own = query("", alice);
    EXPECT_EQ(own->service, kAlice);
    EXPECT_EQ(own->line, kAlice) << "the index to go by";
    EXPECT_EQ(own->queue, "");
    const auto other = query(std::string("line=0033972000009&queue=") + kSupport, alice);
    EXPECT_EQ(other->service, kAlice) << "still";
    HistoryRow row;
    row.account = "office";
    row.line = "0033972000009";
    EXPECT_FALSE(other->matches(row));

    const auto support = query("", {"office", kSupport, {}, "42"});
    EXPECT_EQ(support->service, kSupport);
    EXPECT_EQ(support->queue, kSupport);
    EXPECT_EQ(support->agent_of_service, "42");
}

TEST_F(HistoryQuestion, Pages) {
    EXPECT_EQ(page("limit=1")->limit, 1U);
    EXPECT_EQ(page("limit=1000")->limit, 1'000U);
    EXPECT_EQ(ns(page("after=1774747800000000001")->before), 1'774'747'800'000'000'001);
    for (const char* wrong : {"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1x", "limit=1.5",
                              "limit=99999999999999999999", "after=0", "after=-1", "after=x", "after=1x",
                              "after=99999999999999999999"})
        EXPECT_FALSE(page(wrong)) << wrong;
}

TEST_F(HistoryQuestion, StatisticsAreOfTodayAndOfQueuesWhenNothingIsSaid) {
    const auto asked = statistics("");
    ASSERT_TRUE(asked) << complaint(asked);
    EXPECT_EQ(asked->by, StatisticsQuestion::By::queue);
    EXPECT_FALSE(asked->interval);
    EXPECT_EQ(asked->threshold, std::chrono::seconds(20));
    EXPECT_EQ(asked->key, "");
    EXPECT_EQ(ns(asked->to), kNow);
    EXPECT_EQ(asked->to - asked->from, std::chrono::hours(14)) << "one of the fifteen hours was left out";
}

TEST_F(HistoryQuestion, StatisticsTakeWhatTheyKnow) {
    const auto asked = statistics("by=line&interval=15m&threshold=5&key=101&from=2026-03-01&to=2026-03-02");
    ASSERT_TRUE(asked) << complaint(asked);
    EXPECT_EQ(asked->by, StatisticsQuestion::By::line);
    EXPECT_EQ(asked->interval, Interval::quarter_hour);
    EXPECT_EQ(asked->threshold, std::chrono::seconds(5));
    EXPECT_EQ(asked->key, kAlice);
    EXPECT_EQ(asked->to - asked->from, std::chrono::hours(48));
    EXPECT_FALSE(statistics("interval=all")->interval);
    EXPECT_EQ(statistics("interval=hour")->interval, Interval::hour);
    EXPECT_EQ(statistics("interval=day")->interval, Interval::day);
    EXPECT_EQ(statistics("interval=week")->interval, Interval::week);
    EXPECT_EQ(statistics("by=agent&key=0612345678")->key, "0612345678")
        << "the name of an agent is no number";
    EXPECT_EQ(statistics("by=account&key=office")->key, "office");
    EXPECT_EQ(statistics("threshold=0")->threshold, Duration::zero());
    EXPECT_EQ(statistics("threshold=86400")->threshold, std::chrono::hours(24));
    for (const char* wrong : {"by=x", "interval=month", "threshold=-1", "threshold=86401", "threshold=x",
                              "threshold=1s", "from=x", "from=2026-04-01"})
        EXPECT_FALSE(statistics(wrong)) << wrong;
}

TEST_F(HistoryQuestion, NoTextBreaksIt) {
    EXPECT_TRUE(rc::check("what is asked comes from strangers", [this](const std::string& text) {
        std::string escaped;
        for (const char c : text) escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        for (const char* name : {"number", "line", "queue", "agent", "outcome", "direction", "kind", "from",
                                 "to", "limit", "after", "by", "interval", "threshold", "key"})
            for (const auto& value : {text, escaped}) {
                const std::string asked = name + ("=" + value);
                if (const auto made = query(asked); made) {
                    RC_ASSERT(made->account == "office");
                    RC_ASSERT(made->from < made->to);
                }
                if (const auto made = page(asked); made) RC_ASSERT(made->limit >= 1 && made->limit <= 1'000);
                if (const auto made = statistics(asked); made) RC_ASSERT(made->from < made->to);
            }
    }));
}

}  // namespace
}  // namespace callboard
