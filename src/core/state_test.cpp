#include "core/state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "core/fold_for_test.hpp"

namespace callboard {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;
using test::Fold;
using test::kAlice;
using test::kBob;
using test::kNoon;
using test::line_event;
using test::paris;

const std::vector<Call>& calls_of(const State& state, const std::string& line) {
    static const std::vector<Call> kNone;
    const auto found = state.lines.find(line);
    return found == state.lines.end() ? kNone : found->second.calls;
}

/// The status of Alice's line after these events of one call.
struct Story {
    std::vector<std::string_view> events;
    LineStatus status;
    std::size_t calls;
};

TEST(State, ShowsWhatALineDoes) {
    using namespace event_name;
    const Story stories[] = {
        {{}, LineStatus::unknown, 0},
        {{start_ringing}, LineStatus::ringing, 1},
        {{start_ringing, end_ringing}, LineStatus::free, 0},
        {{start_ringing, end_ringing, start_calling}, LineStatus::calling, 1},
        {{start_ringing, start_calling}, LineStatus::calling, 1},
        {{start_calling}, LineStatus::calling, 1},
        {{start_ringing, end_ringing, start_calling, end_calling}, LineStatus::free, 0},
        {{start_calling, start_hold}, LineStatus::held, 1},
        {{start_calling, start_hold, start_calling}, LineStatus::held, 1},
        {{start_calling, start_hold, end_hold}, LineStatus::calling, 1},
        {{start_calling, start_hold, end_hold, end_calling}, LineStatus::free, 0},
        {{start_calling, start_hold, end_calling}, LineStatus::free, 0},
        {{start_calling, end_ringing}, LineStatus::calling, 1},
        // Ends of what was not seen to begin say that the line is there, and no more.
        {{end_ringing}, LineStatus::free, 0},
        {{end_calling}, LineStatus::free, 0},
        {{end_hold}, LineStatus::free, 0},
        {{start_hold}, LineStatus::held, 1},
        {{call_failed}, LineStatus::free, 0},
        {{registered}, LineStatus::free, 0},
        {{unregistered}, LineStatus::free, 0},
        {{"something_of_a_client"}, LineStatus::unknown, 0},
        // Twice is once.
        {{start_ringing, start_ringing}, LineStatus::ringing, 1},
        {{start_ringing, end_ringing, end_ringing}, LineStatus::free, 0},
        {{start_calling, end_calling, end_calling}, LineStatus::free, 0},
    };
    for (const Story& story : stories) {
        Fold fold;
        std::string told;
        for (const auto event : story.events) {
            fold.tell(line_event(event, kAlice, "call"));
            told.append(" ").append(event);
            const auto line = fold.state.lines.find(kAlice);
            ASSERT_EQ(line == fold.state.lines.end() ? LineStatus::unknown : line->second.status,
                      status_of(fold.state, kAlice))
                << told;
        }
        EXPECT_EQ(status_of(fold.state, kAlice), story.status) << told;
        EXPECT_THAT(calls_of(fold.state, kAlice), SizeIs(story.calls)) << told;
        EXPECT_EQ(fold.state.sequence, story.events.size()) << told;
    }
}

TEST(State, KnowsACallFromItsRingingToItsEnd) {
    Fold fold;
    fold.tell(line_event("start_ringing", kAlice, "a"));
    const Call ringing{"a", kAlice, LineStatus::ringing, true, "0033612345678", kAlice, kAlice, kNoon,
                       {},  {}};
    EXPECT_EQ(*call_of(fold.state, kAlice, "a"), ringing);

    fold.pass(5s);
    fold.tell(line_event("end_ringing", kAlice, "a"));
    fold.tell(line_event("start_calling", kAlice, "a"));
    Call talking = ringing;
    talking.status = LineStatus::calling;
    talking.answered = kNoon + 5s;
    EXPECT_EQ(*call_of(fold.state, kAlice, "a"), talking) << "it began when it rang";
    EXPECT_THAT(fold.state.rung, IsEmpty());

    fold.pass(10s);
    fold.tell(line_event("start_hold", kAlice, "a"));
    EXPECT_EQ(call_of(fold.state, kAlice, "a")->status, LineStatus::held);
    EXPECT_EQ(call_of(fold.state, kAlice, "a")->answered, kNoon + 5s);
    EXPECT_EQ(fold.state.lines.find(kAlice)->second.since, kNoon + 15s);
    fold.tell(line_event("end_calling", kAlice, "a"));
    EXPECT_THAT(calls_of(fold.state, kAlice), IsEmpty());
}

TEST(State, FindsACallByItsLineAndCallId) {
    Fold fold;
    EXPECT_EQ(callboard::call_of(fold.state, kAlice, "a"), nullptr);
    fold.tell(line_event("start_ringing", kAlice, "a"));
    fold.tell(line_event("start_ringing", kAlice, "b"));
    ASSERT_NE(callboard::call_of(fold.state, kAlice, "b"), nullptr);
    EXPECT_EQ(callboard::call_of(fold.state, kAlice, "b")->call_id, "b");
    EXPECT_EQ(callboard::call_of(fold.state, kAlice, "c"), nullptr);
    EXPECT_EQ(callboard::call_of(fold.state, kBob, "a"), nullptr) << "of another line";
    fold.tell(line_event("end_ringing", kAlice, "a"));
    EXPECT_EQ(callboard::call_of(fold.state, kAlice, "a"), nullptr);
}

TEST(State, TellsIncomingFromOutgoing) {
    Fold fold;
    fold.tell(line_event("start_ringing", kAlice, "inside", kAlice, kBob));
    fold.tell(line_event("start_ringing", kBob, "inside", kAlice, kBob));
    EXPECT_FALSE(call_of(fold.state, kAlice, "inside")->incoming);
    EXPECT_TRUE(call_of(fold.state, kBob, "inside")->incoming);
    fold.tell(line_event("end_calling", kAlice, "inside"));
    EXPECT_THAT(calls_of(fold.state, kAlice), IsEmpty());
    EXPECT_THAT(calls_of(fold.state, kBob), SizeIs(1)) << "each line has its own";
    EXPECT_EQ(status_of(fold.state, kBob), LineStatus::ringing);
}

TEST(State, NamesThePartiesThatAreConnectedNow) {
    Fold fold;
    fold.tell(line_event("start_calling", kAlice, "a", kAlice, "0033100000000"));
    fold.tell(line_event("start_calling", kAlice, "a", "0033200000000", kAlice));
    const Call& call = *call_of(fold.state, kAlice, "a");
    EXPECT_EQ(call.calling, "0033200000000");
    EXPECT_EQ(call.called, kAlice);
    EXPECT_TRUE(call.incoming);
    EXPECT_EQ(call.answered, kNoon);
}

TEST(State, ShowsTheMostTellingCall) {
    const std::pair<std::vector<std::string_view>, LineStatus> cases[] = {
        {{"start_hold", "start_calling"}, LineStatus::calling},
        {{"start_hold", "start_calling", "start_ringing"}, LineStatus::ringing},
        {{"start_hold", "start_ringing"}, LineStatus::ringing},
        {{"start_hold", "start_hold"}, LineStatus::held},
        {{"start_ringing", "end_calling"}, LineStatus::ringing},
    };
    for (const auto& [events, status] : cases) {
        Fold fold;
        for (std::size_t i = 0; i < events.size(); ++i)
            fold.tell(line_event(events[i], kAlice, "call" + std::to_string(i)));
        EXPECT_EQ(status_of(fold.state, kAlice), status) << events.front() << ' ' << events.back();
        EXPECT_EQ(fold.state.lines.find(kAlice)->second.status, status);
    }
    EXPECT_EQ(status_of(State{}, kAlice), LineStatus::unknown);
}

TEST(State, NeighboursInTheMapAreNotTheSameLine) {
    Fold fold;
    fold.tell(line_event("start_ringing", "0033", "a"));
    fold.tell(line_event("call_failed", "003", "a"));
    fold.tell(line_event("call_failed", "00330", "a"));
    EXPECT_EQ(status_of(fold.state, "003"), LineStatus::free);
    EXPECT_EQ(status_of(fold.state, "00330"), LineStatus::free);
}

TEST(State, CountsTheStatusFromWhenItBegan) {
    Fold fold;
    const auto since = [&fold] { return fold.state.lines.find(kAlice)->second.since; };
    fold.tell(line_event("registered", kAlice, ""));
    EXPECT_EQ(since(), kNoon);
    fold.pass(1s);
    fold.tell(line_event("registered", kAlice, ""));
    EXPECT_EQ(since(), kNoon) << "still free";
    fold.tell(line_event("start_ringing", kAlice, "a"));
    EXPECT_EQ(since(), kNoon + 1s);
    fold.pass(1s);
    fold.tell(line_event("start_ringing", kAlice, "b"));
    EXPECT_EQ(since(), kNoon + 1s) << "still ringing";
    fold.tell(line_event("end_ringing", kAlice, "a"));
    EXPECT_EQ(since(), kNoon + 1s) << "the other rings on";
}

TEST(State, RemembersTheLastRegistration) {
    Fold fold;
    fold.tell(line_event("start_ringing", kAlice, "a"));
    EXPECT_EQ(fold.state.lines.find(kAlice)->second.registered, std::nullopt);
    fold.tell(line_event("registered", kAlice, ""));
    EXPECT_EQ(fold.state.lines.find(kAlice)->second.registered, true);
    fold.tell(line_event("unregistered", kAlice, ""));
    EXPECT_EQ(fold.state.lines.find(kAlice)->second.registered, false);
    EXPECT_EQ(status_of(fold.state, kAlice), LineStatus::ringing);
}

Event told_by_source(std::string source, Event event) {
    event.source = std::move(source);
    return event;
}

TEST(State, KnowsWhoToldOfACallFirst) {
    using namespace event_name;
    Fold fold;
    fold.tell(told_by_source("sbc", line_event(start_ringing, kAlice, "a")));
    fold.tell(told_by_source("desk", line_event(end_ringing, kAlice, "a")));
    fold.tell(told_by_source("desk", line_event(start_calling, kAlice, "a")));
    fold.tell(line_event(start_calling, kBob, "b"));
    EXPECT_EQ(calls_of(fold.state, kAlice).at(0).source, "sbc");
    EXPECT_EQ(calls_of(fold.state, kBob).at(0).source, "");
}

TEST(State, ShowsWhatOneSourceTold) {
    using namespace event_name;
    Fold fold;
    fold.tell(told_by_source("sbc", line_event(start_ringing, kAlice, "a")));
    fold.tell(told_by_source("desk", line_event(start_ringing, kAlice, "b")));
    fold.tell(line_event(start_calling, kBob, "c"));
    WaitingCaller caller;
    caller.uuid = "m";
    caller.source = "desk";
    fold.state.queues["8001"].waiting = {caller, WaitingCaller{}};
    const State desk = told_by(fold.state, [](std::string_view source) { return source == "desk"; });
    ASSERT_THAT(calls_of(desk, kAlice), SizeIs(1));
    EXPECT_EQ(calls_of(desk, kAlice)[0].call_id, "b");
    EXPECT_THAT(calls_of(desk, kBob), IsEmpty());
    ASSERT_THAT(desk.queues.at("8001").waiting, SizeIs(1));
    EXPECT_EQ(desk.queues.at("8001").waiting[0].uuid, "m");
}

TEST(State, NamesEachStatus) {
    EXPECT_EQ(text_of(LineStatus::unknown), "unknown");
    EXPECT_EQ(text_of(LineStatus::free), "free");
    EXPECT_EQ(text_of(LineStatus::ringing), "ringing");
    EXPECT_EQ(text_of(LineStatus::calling), "calling");
    EXPECT_EQ(text_of(LineStatus::held), "held");
}

TEST(State, KeepsABoundedNumberOfCalls) {
    Fold fold;
    fold.tell(line_event("start_ringing", kBob, "of another line"));
    for (std::size_t i = 0; i < State::kMostCallsOfLine + 3; ++i) {
        fold.pass(1s);
        fold.tell(line_event("start_calling", kAlice, std::to_string(1'000 - i)));
    }
    EXPECT_THAT(calls_of(fold.state, kAlice), SizeIs(State::kMostCallsOfLine));
    EXPECT_EQ(call_of(fold.state, kAlice, "1000"), nullptr) << "the one begun first went";
    EXPECT_EQ(call_of(fold.state, kAlice, "998"), nullptr);
    EXPECT_NE(call_of(fold.state, kAlice, "997"), nullptr);
    EXPECT_NE(call_of(fold.state, kBob, "of another line"), nullptr);

    for (std::size_t i = 0; i < 2 * State::kMostRung; ++i) {
        fold.tell(line_event("start_ringing", kBob, std::to_string(i)));
        fold.tell(line_event("end_ringing", kBob, std::to_string(i)));
    }
    EXPECT_THAT(fold.state.rung, SizeIs(State::kMostRung));
}

Time in_paris(std::string_view day, std::chrono::hours hour_utc) {
    using namespace std::chrono;
    int y = 0;
    unsigned m = 0, d = 0;
    std::sscanf(day.data(), "%d-%u-%u", &y, &m, &d);
    return Time(sys_days(year(y) / month(m) / std::chrono::day(d))) + hour_utc;
}

TEST(State, KnowsTheDayAlsoInNightsWhenClocksChange) {
    struct Night {
        Time now, begin, end;
    };
    const Night nights[] = {
        {in_paris("2026-05-28", 10h), in_paris("2026-05-27", 22h), in_paris("2026-05-28", 22h)},
        // 29 March 2026 has 23 hours, 25 October 2026 has 25.
        {in_paris("2026-03-29", 10h), in_paris("2026-03-28", 23h), in_paris("2026-03-29", 22h)},
        {in_paris("2026-10-25", 10h), in_paris("2026-10-24", 22h), in_paris("2026-10-25", 23h)},
        {in_paris("2026-03-28", 23h), in_paris("2026-03-28", 23h), in_paris("2026-03-29", 22h)},
        {in_paris("2026-10-25", 23h) - 1ns, in_paris("2026-10-24", 22h), in_paris("2026-10-25", 23h)},
        {in_paris("2026-10-25", 23h), in_paris("2026-10-25", 23h), in_paris("2026-10-26", 23h)},
    };
    for (const Night& night : nights) {
        State state;
        at(state, night.now, paris());
        EXPECT_EQ(state.day_begin, night.begin) << paris().date(night.now);
        EXPECT_EQ(state.day_end, night.end) << paris().date(night.now);
    }
}

TEST(State, MidnightEndsNoCall) {
    Fold fold;
    fold.tell(line_event("start_calling", kAlice, "a"));
    at(fold.state, kNoon + 24h, paris());
    EXPECT_EQ(status_of(fold.state, kAlice), LineStatus::calling);
    EXPECT_EQ(fold.state.lines.find(kAlice)->second.since, kNoon);
    EXPECT_EQ(fold.state.began, kNoon);
    State before = fold.state;
    at(fold.state, kNoon, paris());
    EXPECT_EQ(fold.state, before) << "time does not go back";
}

/// One step of any stream: which event of which line and call, after how long.
using AnyStep = std::tuple<std::size_t, std::size_t, std::size_t, std::int64_t>;

Event any_event(const AnyStep& step) {
    static constexpr std::string_view kNames[] = {
        event_name::start_ringing, event_name::end_ringing, event_name::start_calling,
        event_name::end_calling,   event_name::start_hold,  event_name::end_hold,
        event_name::registered,    event_name::call_failed, "of_a_client"};
    const auto& [name, line, call, time] = step;
    return line_event(kNames[name % std::size(kNames)], line % 2 == 0 ? kAlice : kBob,
                      std::to_string(call % 90));
}

TEST(State, AnyStreamKeepsItSound) {
    EXPECT_TRUE(rc::check([](const std::vector<AnyStep>& steps) {
        Fold fold;
        for (const AnyStep& step : steps) {
            fold.pass(Duration(std::get<3>(step) % 3'600'000'000'000));
            fold.tell(any_event(step));
        }
        for (const auto& [number, line] : fold.state.lines) {
            std::set<std::string> ids;
            for (const Call& call : line.calls) {
                RC_ASSERT(call.line == number);
                RC_ASSERT(ids.insert(call.call_id).second);
                RC_ASSERT(call.status != LineStatus::free && call.status != LineStatus::unknown);
                RC_ASSERT((call.status == LineStatus::ringing) == !call.answered.has_value());
            }
            RC_ASSERT(line.calls.size() <= State::kMostCallsOfLine);
        }
        for (const auto& [number, line] : fold.state.lines)
            RC_ASSERT(line.status == status_of(fold.state, number));
        RC_ASSERT(fold.state.rung.size() <= State::kMostRung);
        RC_ASSERT(fold.state.sequence == steps.size());
    }));
}

}  // namespace
}  // namespace callboard
