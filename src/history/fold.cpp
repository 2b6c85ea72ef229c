#include "history/fold.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

#include "history/line_history.hpp"
#include "history/queue_history.hpp"

namespace callboard {

HistoryFold::HistoryFold(std::vector<HistoryRow> unfinished) {
    std::vector<std::pair<Time, Time>> ended;
    for (HistoryRow& given : unfinished) {
        keys_[Key(given.call_id, given.service())] = given.started;
        const Time started = given.started;
        HistoryRow& row = rows_[started] = std::move(given);
        if (row.stage == HistoryRow::Stage::may_go_on)
            ended.emplace_back(row.ended.value_or(started), started);
        else if (row.kind == HistoryRow::Kind::visit && !row.answered)
            waiting_[row.queue].insert(started);
    }
    std::sort(ended.begin(), ended.end());
    for (const auto& [at, started] : ended) ended_.push_back(started);
    for (const auto& [started, row] : rows_)
        for (const AgentOffer& offer : row.offers)
            if (!offer.ended || offer.answered) note_offer(row, offer);
}

HistoryRow* HistoryFold::find(std::string_view call_id, std::string_view service) {
    const auto found = keys_.find(std::pair(std::string(call_id), std::string(service)));
    return found == keys_.end() ? nullptr : &rows_.at(found->second);
}

HistoryRow& HistoryFold::begin(HistoryRow row) {
    while (rows_.size() >= kMostOpen) close(rows_.begin()->second);
    keys_[Key(row.call_id, row.service())] = row.started;
    const Time started = row.started;
    HistoryRow& begun = rows_[started] = std::move(row);
    if (begun.kind == HistoryRow::Kind::visit) waiting_[begun.queue].insert(started);
    touch(begun);
    return begun;
}

void HistoryFold::close(HistoryRow& row) {
    const Time started = row.started;
    if (row.outcome == CallOutcome::in_progress) row.outcome = CallOutcome::unknown;
    if (row.stage == HistoryRow::Stage::may_go_on) std::erase(ended_, started);
    row.stage = HistoryRow::Stage::closed;
    for (const AgentOffer& offer : row.offers) forget_offer(offer);
    waits_no_more(row);
    const auto key = keys_.find(Key(row.call_id, row.service()));
    if (key != keys_.end() && key->second == started) keys_.erase(key);
    changed_.erase(started);
    closed_.push_back(std::move(row));
    rows_.erase(started);
}

void HistoryFold::note_offer(const HistoryRow& visit, const AgentOffer& offer) {
    if (const auto line = line_of_agent(offer.agent); !line.empty())
        offered_to_[std::string(line)][offer.at] = visit.started;
}

void HistoryFold::forget_offer(const AgentOffer& offer) {
    const auto offered = offered_to_.find(line_of_agent(offer.agent));
    if (offered == offered_to_.end()) return;
    offered->second.erase(offer.at);
    if (offered->second.empty()) offered_to_.erase(offered);
}

const HistoryRow* HistoryFold::offered_to(std::string_view line) const {
    const auto offered = offered_to_.find(line);
    return offered == offered_to_.end() ? nullptr : &rows_.at(offered->second.rbegin()->second);
}

void HistoryFold::waits_no_more(const HistoryRow& visit) {
    const auto queue = waiting_.find(visit.queue);
    if (queue == waiting_.end()) return;
    queue->second.erase(visit.started);
    if (queue->second.empty()) waiting_.erase(queue);
}

void HistoryFold::may_go_on(HistoryRow& row) {
    waits_no_more(row);
    if (row.stage == HistoryRow::Stage::may_go_on) std::erase(ended_, row.started);
    row.stage = HistoryRow::Stage::may_go_on;
    ended_.push_back(row.started);
    touch(row);
    if (ended_.size() > kMostEnded) close(rows_.at(ended_.front()));
}

void HistoryFold::go_on(HistoryRow& row) {
    touch(row);
    if (row.stage != HistoryRow::Stage::may_go_on) return;
    std::erase(ended_, row.started);
    row.stage = HistoryRow::Stage::open;
    row.outcome = CallOutcome::in_progress;
    row.ended.reset();
    row.cause.clear();
    if (row.kind == HistoryRow::Kind::visit) waiting_[row.queue].insert(row.started);
}

void HistoryFold::let_old_ones_go(Time now) {
    while (!rows_.empty() && rows_.begin()->first < now - kLongest) close(rows_.begin()->second);
}

void HistoryFold::forget_open() {
    while (!rows_.empty()) close(rows_.begin()->second);
}

void HistoryFold::apply(const Event& event, std::string_view account, Time timestamp) {
    let_old_ones_go(timestamp);
    if (const auto* line = std::get_if<LineData>(&event.data))
        LineHistory(*this, event, *line, account, timestamp).apply();
    else
        QueueHistory(*this, event, std::get<QueueData>(event.data), account, timestamp).apply();
}

std::vector<HistoryRow> HistoryFold::take_changed() {
    std::vector<HistoryRow> all = std::exchange(closed_, {});
    for (const Time started : std::exchange(changed_, {})) all.push_back(rows_.at(started));
    return all;
}

}  // namespace callboard
