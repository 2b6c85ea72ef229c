#include "core/correlation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kLine = "0033123456101";
constexpr const char* kCaller = "0033612345678";

Time at_second(double second) {
    return time_from_nanoseconds(1'780'000'000'000'000'000 + static_cast<std::int64_t>(second * 1e9));
}

Event event(std::string_view name, std::string call_id, std::string calling = kCaller) {
    Event event;
    event.name = name;
    event.ressource = kLine;
    LineData data;
    data.call_id = std::move(call_id);
    data.calling = std::move(calling);
    data.called = data.dialed = data.calling == kLine ? kCaller : kLine;
    data.body = "seen";
    event.data = std::move(data);
    return event;
}

/// What two sources say, and what of it is told: `start_ringing A1`.
class Office {
  public:
    void says(const std::string& source, Event event, double at) {
        std::vector<Event> out;
        correlation.take(source, std::move(event), at_second(at), out);
        for (const Event& one : out) told.push_back(one.name + " " + std::get<LineData>(one.data).call_id);
    }
    void says(const std::string& source, std::string_view name, const std::string& call, double at) {
        says(source, event(name, call), at);
    }

    Correlation correlation;
    std::vector<std::string> told;
};

TEST(Correlation, TellsACallOfTwoSourcesOnceUnderTheFirstCallId) {
    Office office;
    office.says("hep", "start_ringing", "A1", 0);
    office.says("pbx", "start_ringing", "B1", 0.1);
    office.says("pbx", "end_ringing", "B1", 5);
    office.says("pbx", "start_calling", "B1", 5);
    office.says("hep", "end_ringing", "A1", 5.1);
    office.says("hep", "start_calling", "A1", 5.1);
    office.says("hep", "end_calling", "A1", 9);
    office.says("pbx", "end_calling", "B1", 9.2);
    EXPECT_THAT(office.told,
                ElementsAre("start_ringing A1", "end_ringing A1", "start_calling A1", "end_calling A1"));
    EXPECT_EQ(office.correlation.dropped(), 4U);
}

TEST(Correlation, KnowsTheSameCallIdWheneverItComes) {
    Office office;
    office.says("one", "start_calling", "A1", 0);
    office.says("two", event("start_calling", "A1", "0033999999999"), 60);  // a mirror that was restarted
    office.says("two", "end_calling", "A1", 70);
    office.says("one", "end_calling", "A1", 70.1);
    EXPECT_THAT(office.told, ElementsAre("start_calling A1", "end_calling A1"));
}

TEST(Correlation, EndsTheRingingThatOnlyTheOtherSourceSees) {
    Office office;
    office.says("hep", "start_ringing", "A1", 0);
    office.says("pbx", "start_calling", "B1", 4);  // it shows no ringing
    office.says("hep", "end_ringing", "A1", 4.1);
    office.says("hep", "start_calling", "A1", 4.1);
    office.says("hep", "start_hold", "A1", 6);
    office.says("pbx", "end_calling", "B1", 8);
    office.says("hep", "end_hold", "A1", 8.1);
    office.says("hep", "end_calling", "A1", 8.1);
    EXPECT_THAT(office.told, ElementsAre("start_ringing A1", "end_ringing A1", "start_calling A1",
                                         "start_hold A1", "end_hold A1", "end_calling A1"));
}

TEST(Correlation, TellsEachHoldOnce) {
    Office office;
    for (const auto* source : {"hep", "pbx"}) office.says(source, "start_calling", source, 0);
    double at = 1;
    for (int i = 0; i < 3; ++i)
        for (const auto* name : {"start_hold", "end_hold"})
            for (const auto* source : {"pbx", "hep"}) office.says(source, name, source, at += 0.1);
    EXPECT_EQ(std::count(office.told.begin(), office.told.end(), "start_hold hep"), 3);
    EXPECT_EQ(std::count(office.told.begin(), office.told.end(), "end_hold hep"), 3);
    EXPECT_EQ(office.told.size(), 7U);
}

TEST(Correlation, KeepsApartWhatOneSourceKeepsApart) {
    Office office;
    office.says("hep", "start_ringing", "A1", 0);
    office.says("hep", "start_ringing", "A2", 0.5);  // the same caller twice at once
    office.says("pbx", "start_ringing", "B1", 0.6);
    office.says("pbx", "start_ringing", "B2", 0.7);
    office.says("pbx", "end_ringing", "B1", 2);
    office.says("pbx", "end_ringing", "B2", 3);
    office.says("hep", "end_ringing", "A2", 3.1);
    office.says("hep", "end_ringing", "A1", 3.2);
    EXPECT_THAT(office.told,
                ElementsAre("start_ringing A1", "start_ringing A2", "end_ringing A2", "end_ringing A1"));
}

TEST(Correlation, TakesAnotherCallerAnotherDirectionOrAnotherTimeForAnotherCall) {
    Office office;
    office.says("hep", "start_ringing", "A1", 0);
    office.says("pbx", event("start_ringing", "B1", "0033612000000"), 0.1);
    office.says("pbx", event("start_ringing", "B2", kLine), 0.2);
    office.says("pbx", "start_ringing", "B3", 30);
    EXPECT_THAT(office.told,
                ElementsAre("start_ringing A1", "start_ringing B1", "start_ringing B2", "start_ringing B3"));
}

TEST(Correlation, TakesAWithheldNumberForAnyAtTheSameTime) {
    Office office;
    office.says("hep", event("start_ringing", "A1", "anonymous"), 0);
    office.says("pbx", "start_ringing", "B1", 0.1);
    EXPECT_THAT(office.told, ElementsAre("start_ringing A1"));
}

TEST(Correlation, TellsTheNextCallOfTheSameCallerAfterAShortOne) {
    Office office;
    for (const auto* call : {"1", "2"}) {
        const double begun = *call == '1' ? 0 : 2;
        for (const auto* source : {"a", "b"})
            office.says(source, "start_ringing", source + std::string(call), begun);
        for (const auto* source : {"a", "b"})
            office.says(source, "end_ringing", source + std::string(call), begun + 1);
    }
    EXPECT_THAT(office.told,
                ElementsAre("start_ringing a1", "end_ringing a1", "start_ringing a2", "end_ringing a2"));
}

TEST(Correlation, GoesOnWithTheSourceThatIsLeft) {
    Office office;
    office.says("hep", "start_calling", "A1", 0);
    office.says("pbx", "start_calling", "B1", 0.1);
    Event concluded = event("end_calling", "B1");
    std::get<LineData>(concluded.data).body.clear();  // it is out of reach for too long
    office.says("pbx", concluded, 60);
    EXPECT_THAT(office.told, ElementsAre("start_calling A1"));
    office.says("hep", "end_calling", "A1", 90);
    EXPECT_THAT(office.told, ElementsAre("start_calling A1", "end_calling A1"));
}

TEST(Correlation, EndsWhatNobodyHearsAnyMore) {
    Office office;
    office.says("hep", "start_calling", "A1", 0);
    office.says("pbx", "start_calling", "B1", 0.1);
    Event concluded = event("end_calling", "B1");
    std::get<LineData>(concluded.data).body.clear();
    office.says("pbx", concluded, 60);
    std::get<LineData>(concluded.data).call_id = "A1";
    office.says("hep", concluded, 90);
    EXPECT_THAT(office.told, ElementsAre("start_calling A1", "end_calling A1"));
}

TEST(Correlation, GoesOnAfterARestartWithTheCallsOfTheJournal) {
    State state;
    for (const auto* name : {"start_ringing", "end_ringing", "start_calling", "start_hold"})
        apply(state, event(name, "A1"), 1, at_second(0), TimeZone::utc());
    Office office;
    office.correlation.adopt(state, at_second(100));
    office.says("pbx", "start_calling", "B1", 101);  // already in progress
    office.says("hep", "start_calling", "A1", 102);
    EXPECT_THAT(office.told, IsEmpty());
    office.says("hep", "end_hold", "A1", 103);
    office.says("pbx", "end_calling", "B1", 104);
    office.says("hep", "end_calling", "A1", 104.1);
    EXPECT_THAT(office.told, ElementsAre("end_hold A1", "end_calling A1"));
}

TEST(Correlation, EndsTheRingingOfBeforeTheStartWhenTheSourceFindsTheCallAnswered) {
    State state;
    Call call;
    call.line = "0033123456101";
    call.call_id = "A1";
    call.status = LineStatus::ringing;
    call.incoming = true;
    call.calling = "0033612345678";
    state.lines[call.line].calls.push_back(call);
    Office office;
    office.correlation.adopt(state, at_second(100));
    office.says("pbx", "start_calling", "A1", 101);  // already in progress
    office.says("pbx", "end_calling", "A1", 102);
    EXPECT_THAT(office.told, ElementsAre("end_ringing A1", "start_calling A1", "end_calling A1"));
}

TEST(Correlation, LeavesOneSourceAsItIs) {
    Office office;
    for (const auto* name :
         {"end_calling", "start_hold", "end_ringing", "start_ringing", "start_ringing", "call_failed"})
        office.says("hep", name, "A1", 1);
    EXPECT_EQ(office.told.size(), 6U);
    EXPECT_EQ(office.correlation.dropped(), 0U);
}

TEST(Correlation, TellsARegistrationOnceAndARefreshAgain) {
    Office office;
    office.says("hep", "registered", "", 0);
    office.says("pbx", "registered", "", 0.2);
    office.says("hep", "registered", "", 0.4);
    office.says("pbx", "unregistered", "", 0.5);
    office.says("pbx", "registered", "", 60);
    EXPECT_EQ(office.told.size(), 4U);
    EXPECT_EQ(office.correlation.dropped(), 1U);
}

TEST(Correlation, PassesOnWhatIsNoCall) {
    Office office;
    std::vector<Event> out;
    Event queue;
    queue.name = "member-queue-start";
    queue.protocol = Protocol::queues;
    queue.ressource = "0033123456300";
    queue.data = QueueData{};
    for (const auto* source : {"a", "b"}) office.correlation.take(source, queue, at_second(0), out);
    EXPECT_EQ(out.size(), 2U);
}

TEST(Correlation, RemembersNoMoreCallsThanItMay) {
    Office office;
    for (int i = 0; i < 1'000; ++i) office.says("hep", "start_ringing", std::to_string(i), i * 0.001);
    EXPECT_EQ(office.told.size(), 1'000U);
}

/// One call's story, as a source that sees all of it tells it.
std::vector<std::string> story_of(bool rings, bool answered, int holds) {
    std::vector<std::string> story;
    if (rings || !answered) story = {"start_ringing", "end_ringing"};
    if (!answered) return story;
    story.emplace_back("start_calling");
    for (int i = 0; i < holds; ++i) story.insert(story.end(), {"start_hold", "end_hold"});
    story.emplace_back("end_calling");
    return story;
}

RC_GTEST_PROP(Correlation, ToldByTwoSourcesIsTheStoryOfOne, ()) {
    // Calls of one caller one after the other; each source is late by less than the window, as it likes.
    const auto calls = *rc::gen::inRange(1, 6);
    struct Said {
        double at;
        std::string source, name, call;
    };
    std::vector<Said> said;
    std::vector<std::string> expected;
    double begun = 0;
    for (int call = 0; call < calls; ++call) {
        const auto story =
            story_of(*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), *rc::gen::inRange(0, 3));
        expected.insert(expected.end(), story.begin(), story.end());
        for (const auto* source : {"a", "b"}) {
            double at = begun;
            double heard = 0;
            for (const auto& name : story) {
                // In its own order, each up to a second late; a new step every two seconds.
                heard = std::max(heard + 0.001, at + *rc::gen::inRange(0, 1'000) / 1'000.0);
                said.push_back({heard, source, name, source + std::to_string(call)});
                at += 2;
            }
        }
        begun += 2.0 * static_cast<double>(story.size()) + *rc::gen::inRange(6, 60);
    }
    std::stable_sort(said.begin(), said.end(), [](const Said& a, const Said& b) { return a.at < b.at; });
    Office office;
    for (const auto& [at, source, name, call] : said) office.says(source, name, call, at);
    std::vector<std::string> names;
    std::map<std::string, int> ids;
    for (const auto& told : office.told) {
        names.push_back(told.substr(0, told.find(' ')));
        ++ids[told.substr(told.find(' ') + 1)];
    }
    RC_ASSERT(names == expected);
    RC_ASSERT(ids.size() == static_cast<std::size_t>(calls));
}

RC_GTEST_PROP(Correlation, OfTwoSourcesThatAgreeOnNothingTellsAllOfBoth, ()) {
    const auto count = *rc::gen::inRange(1, 20);
    Office office;
    for (int i = 0; i < count; ++i) {
        const std::string source = *rc::gen::element<std::string>("a", "b");
        office.says(source, event("start_ringing", source + std::to_string(i), "00336" + std::to_string(i)),
                    i);
    }
    RC_ASSERT(office.told.size() == static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace callboard
