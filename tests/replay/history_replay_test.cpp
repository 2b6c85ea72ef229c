// What the history makes of recorded traffic, held against two computations that know nothing of its rows:
// the counters of queues that the live state keeps, and plain loops over the events of lines.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "asterisk_story.hpp"
#include "core/state.hpp"
#include "freeswitch_story.hpp"
#include "history/fold.hpp"
#include "history/statistics.hpp"
#include "story.hpp"

namespace callboard::replay {
namespace {

using Stream = std::vector<std::pair<Time, Event>>;

/// Times rise, as the hub sees to.
template <typename Played>
Stream stream_of(const Played& played, double begun) {
    Stream stream;
    Time last{};
    for (const auto& [at, event] : played) {
        last = std::max(last + Duration(1), Time(Duration(static_cast<std::int64_t>((begun + at) * 1e9))));
        stream.emplace_back(last, event);
    }
    return stream;
}

std::map<std::string, StatisticsRow> figures(const Stream& stream, StatisticsQuestion::By by) {
    HistoryFold fold;
    std::map<Time, HistoryRow> rows;
    for (const auto& [at, event] : stream) {
        fold.apply(event, "office", at);
        for (auto& row : fold.take_changed()) rows[row.started] = std::move(row);
    }
    Statistics statistics({by, Time{}, Time::max(), std::nullopt, kServiceLevelThreshold, {}},
                          TimeZone::utc());
    for (const auto& [started, row] : rows) statistics.add(row);
    std::map<std::string, StatisticsRow> all;
    for (auto& row : statistics.rows()) all[row.key] = std::move(row);
    return all;
}

/// Recordings last minutes: no midnight restarts the counters unless one falls into them.
void expect_queues_of_the_state(const std::string& name, const Stream& stream) {
    const TimeZone zone = TimeZone::utc();
    if (stream.empty() || zone.midnight(stream.front().first) != zone.midnight(stream.back().first)) return;
    State state;
    Sequence sequence = 0;
    for (const auto& [at, event] : stream) apply(state, event, ++sequence, at, zone);
    const auto mine = figures(stream, StatisticsQuestion::By::queue);
    for (const auto& [number, queue] : state.queues) {
        const auto found = mine.find(number);
        const StatisticsRow row = found == mine.end() ? StatisticsRow{} : found->second;
        EXPECT_EQ(row.answered, queue.counters.answered) << name << ' ' << number;
        EXPECT_EQ(row.lost, queue.counters.lost) << name << ' ' << number;
        EXPECT_EQ(row.answered_in_time, queue.counters.answered_in_time) << name << ' ' << number;
        EXPECT_EQ(row.total_wait, queue.counters.total_wait) << name << ' ' << number;
        EXPECT_EQ(row.longest_wait, queue.counters.longest_wait) << name << ' ' << number;
    }
}

void expect_lines_of_the_events(const std::string& name, const Stream& stream) {
    struct Plain {
        bool incoming = false;
        std::optional<Time> answered, ended;
    };
    std::map<std::pair<std::string, std::string>, Plain> calls;
    for (const auto& [at, event] : stream) {
        const auto* data = std::get_if<LineData>(&event.data);
        if (data == nullptr || event.name == "registered" || event.name == "unregistered") continue;
        const auto key = std::pair(event.ressource, data->call_id);
        const bool begins =
            event.name == "start_ringing" || event.name == "start_calling" || event.name == "call_failed";
        if (!begins && !calls.contains(key)) continue;
        Plain& call = calls[key];
        if (begins && !call.answered) call.incoming = data->calling != event.ressource;
        if (event.name == "start_calling" && !call.answered) call.answered = at;
        if (event.name == "end_calling" && !call.ended) call.ended = at;
    }
    struct Sum {
        std::uint64_t offered = 0, answered = 0;
        Duration talk{};
    };
    std::map<std::string, Sum> wanted;
    for (const auto& [key, call] : calls) {
        Sum& sum = wanted[key.first];
        if (call.incoming) ++sum.offered;
        if (call.incoming && call.answered) ++sum.answered;
        if (call.answered && call.ended) sum.talk += *call.ended - *call.answered;
    }
    const auto mine = figures(stream, StatisticsQuestion::By::line);
    for (const auto& [line, sum] : wanted) {
        const auto found = mine.find(line);
        const StatisticsRow row = found == mine.end() ? StatisticsRow{} : found->second;
        EXPECT_EQ(row.offered, sum.offered) << name << ' ' << line;
        EXPECT_EQ(row.answered, sum.answered) << name << ' ' << line;
        EXPECT_EQ(row.talk, sum.talk) << name << ' ' << line;
    }
}

TEST(HistoryReplay, figures_of_mirrored_sip) {
    for (const auto& name : scenario_names()) {
        const auto scenario = load(name);
        expect_lines_of_the_events(name, stream_of(play(scenario.packets, scenario.begun), scenario.begun));
    }
}

TEST(HistoryReplay, figures_of_asterisk) {
    std::size_t visits = 0;
    for (const auto& name : ami_scenario_names()) {
        const double begun = load(name).begun;
        const auto stream = stream_of(play_ami(news_of(load_ami(name)), begun), begun);
        expect_queues_of_the_state(name, stream);
        expect_lines_of_the_events(name, stream);
        for (const auto& [queue, row] : figures(stream, StatisticsQuestion::By::queue))
            visits += row.answered;
    }
    EXPECT_GT(visits, 0U);
}

/// The caller gave up while the agent was played an announcement. The counters of the day cannot take back
/// the answer that they have counted, and count the caller twice; the row can.
constexpr const char* kGoneBeforeBridge = "queue-caller-gone-before-bridge";

TEST(HistoryReplay, figures_of_freeswitch) {
    std::size_t visits = 0;
    for (const auto& name : freeswitch_names()) {
        const auto scenario = load_freeswitch(name);
        const auto stream = stream_of(play(scenario).told, scenario.begun);
        if (name != kGoneBeforeBridge) expect_queues_of_the_state(name, stream);
        expect_lines_of_the_events(name, stream);
        for (const auto& [queue, row] : figures(stream, StatisticsQuestion::By::queue))
            visits += row.answered;
    }
    EXPECT_GT(visits, 0U);
}

TEST(HistoryReplay, caller_who_gave_up_during_the_announcement_is_lost) {
    const auto scenario = load_freeswitch(kGoneBeforeBridge);
    const auto rows = figures(stream_of(play(scenario).told, scenario.begun), StatisticsQuestion::By::queue);
    ASSERT_EQ(rows.size(), 1U);
    const StatisticsRow& row = rows.begin()->second;
    EXPECT_EQ(row.offered, 1U);
    EXPECT_EQ(row.answered, 0U);
    EXPECT_EQ(row.lost, 1U);
}

}  // namespace
}  // namespace callboard::replay
