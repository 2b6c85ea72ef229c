#include "history/line_history.hpp"

#include <algorithm>
#include <array>

#include "history/end_reason.hpp"
#include "history/queue_history.hpp"

namespace callboard {
namespace {

/// From the end of ringing until it rings again, or an answer that crossed the end comes: what comes later
/// under the same Call-ID is another call.
constexpr Duration kGoesOnWithin = std::chrono::minutes(1);

}  // namespace

void LineHistory::apply() {
    using Step = void (LineHistory::*)();
    static constexpr std::array<std::pair<std::string_view, Step>, 6> kSteps = {{
        {event_name::start_ringing, &LineHistory::start_ringing},
        {event_name::end_ringing, &LineHistory::end_ringing},
        {event_name::start_calling, &LineHistory::start_calling},
        {event_name::end_calling, &LineHistory::end_calling},
        {event_name::start_hold, &LineHistory::start_calling},
        {event_name::call_failed, &LineHistory::call_failed},
    }};
    const auto* const step = std::find_if(kSteps.begin(), kSteps.end(),
                                          [this](const auto& known) { return known.first == event_.name; });
    if (step != kSteps.end()) (this->*step->second)();
}

void LineHistory::start_ringing() {
    HistoryRow& row = known_or_begun();
    if (row.answered) return;  // told late
    name_parties(row);
    if (!row.rang) row.rang = now_;
    come_from_queue(row);
    come_from_transfer(row);
}

/// The answer of this very call may follow.
void LineHistory::end_ringing() {
    if (row_ == nullptr || row_->stage != HistoryRow::Stage::open || row_->answered) return;
    row_->ended = now_;
    row_->waited = now_ - row_->rang.value_or(row_->started);
    row_->cause = data_.relevant_info;
    row_->outcome = outcome_of_unanswered(data_.relevant_info, row_->incoming);
    fold_.may_go_on(*row_);
}

void LineHistory::start_calling() {
    HistoryRow& row = known_or_begun();
    if (row.answered) return;
    name_parties(row);
    row.answered = now_;
    row.waited = row.rang ? now_ - *row.rang : Duration{};
    come_from_queue(row);
    come_from_transfer(row);
    const HistoryRow* visit = row.queue.empty() ? nullptr : fold_.offered_to(event_.ressource);
    if (visit == nullptr) return;
    for (const AgentOffer& offer : visit->offers)
        if (line_of_agent(offer.agent) == event_.ressource) row.agent = offer.agent;
}

void LineHistory::end_calling() {
    if (row_ == nullptr || !row_->answered) return;
    row_->ended = now_;
    row_->talked = now_ - *row_->answered;
    row_->cause = data_.relevant_info;
    row_->outcome = went_on(*row_) ? CallOutcome::transferred : CallOutcome::answered;
    fold_.close(*row_);
}

/// Never rang, and is over when it is told.
void LineHistory::call_failed() {
    if (row_ != nullptr) return;
    HistoryRow& row = known_or_begun();
    name_parties(row);
    row.ended = now_;
    row.cause = data_.relevant_info;
    row.outcome = outcome_of_unanswered(data_.relevant_info, row.incoming);
    fold_.close(row);
}

HistoryRow& LineHistory::known_or_begun() {
    if (row_ != nullptr && row_->ended && now_ - *row_->ended > kGoesOnWithin) {
        fold_.close(*row_);
        row_ = nullptr;
    }
    if (row_ != nullptr) {
        fold_.go_on(*row_);
        return *row_;
    }
    HistoryRow row;
    row.started = now_;
    row.account = account_;
    row.call_id = data_.call_id;
    row.line = event_.ressource;
    row_ = &fold_.begin(std::move(row));
    return *row_;
}

void LineHistory::name_parties(HistoryRow& row) const {
    row.incoming = data_.calling != event_.ressource;
    row.calling = data_.calling;
    row.called = data_.called;
    row.dialed = data_.dialed;
}

/// The agent's side of a visit: the queue offers this caller to this line just now.
void LineHistory::come_from_queue(HistoryRow& row) {
    if (!row.incoming || row.parent != Time{}) return;
    const HistoryRow* visit = fold_.offered_to(event_.ressource);
    if (visit == nullptr || visit->calling != row.calling) return;
    row.queue = visit->queue;
    row.parent = visit->started;
}

/// Another line was in this very call before, and does not call this one itself: it hands the call on.
void LineHistory::come_from_transfer(HistoryRow& row) {
    if (!row.incoming || row.parent != Time{}) return;
    for (auto at = fold_.keys_.lower_bound(std::pair(row.call_id, std::string()));
         at != fold_.keys_.end() && at->first.first == row.call_id; ++at) {
        const HistoryRow& other = fold_.rows_.at(at->second);
        if (other.kind == HistoryRow::Kind::call && other.line != row.line && other.line != row.calling &&
            other.answered && !other.ended && *other.answered < row.started)
            row.parent = other.started;
    }
}

bool LineHistory::went_on(const HistoryRow& row) const {
    for (auto at = fold_.keys_.lower_bound(std::pair(row.call_id, std::string()));
         at != fold_.keys_.end() && at->first.first == row.call_id; ++at) {
        const HistoryRow& other = fold_.rows_.at(at->second);
        if (other.parent == row.started && !other.ended) return true;
    }
    return false;
}

}  // namespace callboard
