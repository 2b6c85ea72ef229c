#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "history/history_for_test.hpp"
#include "history/statistics.hpp"

namespace callboard::test {

using Stream = std::vector<std::pair<Time, Event>>;

/// A week of an office in which everything that begins also ends: calls of two lines, and visits to a queue.
inline Stream random_stream(Time begun) {
    Stream stream;
    Time at = begun;
    const auto seconds = [](int most) { return std::chrono::seconds(*rc::gen::inRange(1, most)); };
    const auto tell = [&](Event event) {
        stream.emplace_back(at, std::move(event));
        at += Duration(1);
    };
    for (int i = 0, calls = *rc::gen::inRange(1, 25); i < calls; ++i) {
        at += seconds(20'000);
        const std::string id = std::to_string(i);
        const std::string line = *rc::gen::element<std::string>(kAlice, kBob);
        const bool incoming = *rc::gen::arbitrary<bool>();
        const bool answered = *rc::gen::arbitrary<bool>();
        const std::string caller = incoming ? "0033612345678" : line;
        if (*rc::gen::arbitrary<bool>()) {
            tell(line_event("start_ringing", line, id, caller, kBob));
            at += seconds(60);
            tell(reasoned(line_event("end_ringing", line, id, caller, kBob),
                          answered ? "" : *rc::gen::element<std::string>("", "486 Busy Here")));
            if (!answered) continue;
            tell(line_event("start_calling", line, id, caller, kBob));
            at += seconds(3'000);
            tell(line_event("end_calling", line, id, caller, kBob));
            continue;
        }
        tell(visit_event("member-queue-start", id.c_str()));
        for (int tries = *rc::gen::inRange(0, 3); tries > 0; --tries) {
            at += seconds(30);
            tell(visit_event("agent-offering", id.c_str(), {{"QueueAgent", "agent_0033972000002_43"}}));
            at += seconds(30);
            tell(visit_event("bridge-agent-fail", id.c_str(), {{"QueueAgent", "agent_0033972000002_43"}}));
        }
        if (answered) {
            tell(visit_event("agent-offering", id.c_str(), {{"QueueAgent", kAgent}}));
            at += seconds(30);
            tell(visit_event("bridge-agent-start", id.c_str(), {{"QueueAgent", kAgent}}));
            at += seconds(2'000);
            tell(visit_event("bridge-agent-end", id.c_str(), {{"QueueAgent", kAgent}}));
            tell(visit_event("member-queue-end", id.c_str(),
                             {{"QueueCause", "Terminated"}, {"QueueAgent", kAgent}}));
        } else {
            at += seconds(30);
            tell(visit_event("member-queue-end", id.c_str(),
                             {{"QueueCause", "Cancel"}, {"QueueCancelReason", "NONE"}}));
        }
    }
    return stream;
}

/// For each event that begins something, looks through all that follow for what became of it. Quadratic, and
/// without any state.
class Naive {
  public:
    Naive(const Stream& stream, const StatisticsQuestion& question, const TimeZone& zone)
        : stream_(stream), question_(question), zone_(zone) {}

    std::vector<StatisticsRow> rows() {
        for (std::size_t i = 0; i < stream_.size(); ++i) {
            const auto& event = stream_[i].second;
            if (event.name == "start_ringing") line(i);
            if (event.name == "member-queue-start") visit(i);
            if (event.name == "agent-offering") offer(i);
        }
        std::vector<StatisticsRow> all;
        for (auto& [key, row] : rows_) all.push_back(row);
        return all;
    }

  private:
    using By = StatisticsQuestion::By;
    static std::string id_of(const Event& event) {
        const auto* data = std::get_if<LineData>(&event.data);
        return data != nullptr ? data->call_id
                               : std::string(std::get<QueueData>(event.data).get("QueueMemberUUID"));
    }
    static std::string member(const Event& event, const char* name) {
        return std::string(std::get<QueueData>(event.data).get(name));
    }
    /// When this was told of the same thing, after `from`; the end of time when it never was.
    Time when(std::size_t from, const std::string& name, const std::string& agent = {}) const {
        for (std::size_t i = from; i < stream_.size(); ++i) {
            const auto& event = stream_[i].second;
            if (event.name == name && id_of(event) == id_of(stream_[from].second) &&
                event.ressource == stream_[from].second.ressource &&
                (agent.empty() || member(event, "QueueAgent") == agent))
                return stream_[i].first;
        }
        return Time::max();
    }
    StatisticsRow* row(const std::string& key, Time at) {
        if (at < question_.from || at >= question_.to) return nullptr;
        // Spans of local time have tests of their own.
        TimeSpan span{question_.from, question_.to};
        if (question_.interval) span = span_around(at, *question_.interval, zone_);
        StatisticsRow& found = rows_[{key, span.begin}];
        found.key = key;
        found.span = span;
        return &found;
    }
    void count(const std::string& key, Time at, bool lost, Time answered, Duration waited, Duration talked) {
        StatisticsRow* found = row(key, at);
        if (found == nullptr) return;
        ++found->offered;
        if (lost) ++found->lost;
        if (answered == Time::max()) return;
        ++found->answered;
        if (waited <= question_.threshold) ++found->answered_in_time;
        found->total_wait += waited;
        found->longest_wait = std::max(found->longest_wait, waited);
        ++found->talks;
        found->talk += talked;
    }
    void line(std::size_t i) {
        const auto& [at, event] = stream_[i];
        if (question_.by != By::line && question_.by != By::account) return;
        const std::string key = question_.by == By::account ? "office" : event.ressource;
        const Time answered = when(i, "start_calling");
        const Duration talked = answered == Time::max() ? Duration{} : when(i, "end_calling") - answered;
        if (std::get<LineData>(event.data).calling != event.ressource)
            return count(key, at, answered == Time::max(), answered, answered - at, talked);
        if (answered == Time::max()) return;
        StatisticsRow* found = row(key, at);
        if (found == nullptr) return;
        ++found->talks;
        found->talk += talked;
    }
    void visit(std::size_t i) {
        if (question_.by != By::queue && question_.by != By::account) return;
        const auto& [at, event] = stream_[i];
        const Time answered = when(i, "bridge-agent-start");
        const Duration talked = answered == Time::max() ? Duration{} : when(i, "bridge-agent-end") - answered;
        count(question_.by == By::account ? "office" : event.ressource, at, answered == Time::max(), answered,
              answered - at, talked);
    }
    void offer(std::size_t i) {
        if (question_.by != By::agent) return;
        const auto& [at, event] = stream_[i];
        const std::string agent = member(event, "QueueAgent");
        const Time answered = std::min(when(i, "bridge-agent-start", agent), Time::max());
        const bool taken = answered < when(i, "bridge-agent-fail", agent);
        const Duration talked = taken ? when(i, "bridge-agent-end", agent) - answered : Duration{};
        count(agent, at, !taken, taken ? answered : Time::max(), answered - at, talked);
    }

    const Stream& stream_;
    const StatisticsQuestion& question_;
    const TimeZone& zone_;
    std::map<std::pair<std::string, Time>, StatisticsRow> rows_;
};

inline std::vector<StatisticsRow> naive_statistics(const Stream& stream, const StatisticsQuestion& question,
                                                   const TimeZone& zone) {
    return Naive(stream, question, zone).rows();
}

}  // namespace callboard::test
