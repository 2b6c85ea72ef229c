#include "history/queue_history.hpp"

#include <algorithm>
#include <array>

#include "event/json.hpp"
#include "history/end_reason.hpp"

namespace callboard {
namespace {

constexpr Duration kLongestWait = std::chrono::hours(24);  // more is a wrong clock

/// A name that is only the number again is none.
std::string name_of(std::string_view text) {
    const bool is_number = text.find_first_not_of("+0123456789 .-()") == std::string_view::npos;
    return is_number ? std::string() : std::string(text);
}

}  // namespace

std::string_view line_of_agent(std::string_view agent) {
    constexpr std::string_view kPrefix = "agent_";
    const std::size_t id = agent.rfind('_');
    if (!agent.starts_with(kPrefix) || id <= kPrefix.size()) return {};
    return agent.substr(kPrefix.size(), id - kPrefix.size());
}

void QueueHistory::apply() {
    using Step = void (QueueHistory::*)();
    static constexpr std::array<std::pair<std::string_view, Step>, 8> kSteps = {{
        {"member-queue-start", &QueueHistory::member_queue_start},
        {"member-queue-resume", &QueueHistory::member_queue_start},
        {"members-count", &QueueHistory::members_count},
        {"agent-offering", &QueueHistory::agent_offering},
        {"bridge-agent-start", &QueueHistory::bridge_agent_start},
        {"bridge-agent-end", &QueueHistory::bridge_agent_end},
        {"bridge-agent-fail", &QueueHistory::bridge_agent_fail},
        {"member-queue-end", &QueueHistory::member_queue_end},
    }};
    const auto* const step = std::find_if(kSteps.begin(), kSteps.end(),
                                          [this](const auto& known) { return known.first == event_.name; });
    if (step == kSteps.end()) return;
    const bool of_caller = step->second != &QueueHistory::members_count;
    if (of_caller && data_.get("QueueMemberUUID").empty()) return;
    (this->*step->second)();
}

/// Also a caller who had given up and takes the old place again.
void QueueHistory::member_queue_start() {
    if (row_ == nullptr || !row_->answered) known_or_begun();
}

/// Nobody waits any more: lets those go whose end was not seen. They may still turn out answered or lost.
void QueueHistory::members_count() {
    if (data_.get("Count") != "0" || data_.get("QueueSelection") == "All-Queues") return;
    const auto waiting = fold_.waiting_.find(event_.ressource);
    if (waiting == fold_.waiting_.end()) return;
    for (const Time started : std::set<Time>(waiting->second)) {
        row_ = &fold_.rows_.at(started);
        row_->waited = now_ - row_->started;
        end_offers(true);
        end(CallOutcome::unknown);
    }
}

void QueueHistory::agent_offering() {
    HistoryRow& row = known_or_begun();
    if (agent_.empty() || row.answered) return;
    for (AgentOffer& offer : row.offers)
        if (offer.agent == agent_ && !offer.ended) return;  // told twice
    if (row.offers.size() >= HistoryRow::kMostOffers) {
        fold_.forget_offer(row.offers.front());
        row.offers.erase(row.offers.begin());
    }
    row.offers.push_back({std::string(agent_), now_, std::nullopt, false});
    if (!row.rang) row.rang = now_;
    fold_.note_offer(row, row.offers.back());
}

void QueueHistory::bridge_agent_start() {
    known_or_begun();
    if (!row_->answered) answer();
}

void QueueHistory::bridge_agent_end() {
    if (row_ == nullptr || !row_->answered || row_->agent != agent_) return;
    row_->talked = between("QueueAgentAnsweredTime", "QueueBridgeTerminatedTime", now_ - *row_->answered);
    row_->ended = now_;
    row_->outcome = CallOutcome::answered;
    fold_.touch(*row_);
}

void QueueHistory::bridge_agent_fail() {
    if (row_ == nullptr) return;
    end_offers(false);
    fold_.touch(*row_);
}

void QueueHistory::member_queue_end() {
    const bool cancelled = data_.get("QueueCause") == "Cancel";
    if (row_ == nullptr && !cancelled) return;  // begun before we listened, and long over
    if (row_ != nullptr && row_->stage == HistoryRow::Stage::may_go_on &&
        row_->outcome != CallOutcome::unknown)
        return;  // told twice
    HistoryRow& row = known_or_begun();
    if (!cancelled && !row.answered) answer();  // the bridge was not seen
    if (cancelled && !row.ended) take_back_answer();
    if (row.answered) {
        if (!row.ended) {
            row.ended = now_;
            row.talked = between("QueueAgentAnsweredTime", "QueueMemberLeavingTime", now_ - *row.answered);
        }
        row.cause = data_.get("QueueHangupCause");
        row.outcome = CallOutcome::answered;
        end_offers(true);
        return fold_.close(row);
    }
    row.waited = between("QueueMemberJoinedTime", "QueueMemberLeavingTime", now_ - row.started);
    row.cause = data_.get("QueueCancelReason");
    end_offers(true);
    end(outcome_of_cancelled_visit(row.cause));
}

HistoryRow& QueueHistory::known_or_begun() {
    if (row_ != nullptr) {
        fold_.go_on(*row_);
        return *row_;
    }
    HistoryRow row;
    row.started = now_;
    row.kind = HistoryRow::Kind::visit;
    row.account = account_;
    row.call_id = data_.get("QueueMemberUUID");
    row.queue = event_.ressource;
    row.calling = data_.get("Calling");
    row.called = event_.ressource;
    const std::string_view dialled = data_.get("QueueMemberDNIS");
    row.dialed = dialled.empty() ? std::string_view(event_.ressource) : dialled;
    row.name = name_of(data_.get("QueueMemberCIDName"));
    row_ = &fold_.begin(std::move(row));
    return *row_;
}

void QueueHistory::answer() {
    HistoryRow& row = *row_;
    row.answered = now_;
    row.agent = agent_;
    fold_.waits_no_more(row);
    row.waited = between("QueueMemberJoinedTime", "QueueAgentAnsweredTime", now_ - row.started);
    for (AgentOffer& offer : row.offers) {
        if (offer.agent != agent_ || offer.ended) continue;
        offer.ended = now_;
        offer.answered = true;
    }
}

/// The caller gave up while the agent, who had picked up, was still played an announcement: they never spoke.
void QueueHistory::take_back_answer() {
    row_->answered.reset();
    row_->agent.clear();
    for (AgentOffer& offer : row_->offers) {
        if (!offer.answered) continue;
        offer.answered = false;
        fold_.forget_offer(offer);
    }
}

void QueueHistory::end(CallOutcome outcome) {
    row_->ended = now_;
    row_->outcome = outcome;
    fold_.may_go_on(*row_);
}

/// Of this event's agent, or of all: nobody took the call there.
void QueueHistory::end_offers(bool of_all) {
    for (AgentOffer& offer : row_->offers) {
        if (offer.ended || (!of_all && offer.agent != agent_)) continue;
        offer.ended = now_;
        fold_.forget_offer(offer);
    }
}

/// Counted by the exchange's own clock where it tells both times, in seconds since 1970.
Duration QueueHistory::between(std::string_view from, std::string_view to, Duration otherwise) const {
    const auto begin = time_from_seconds(data_.get(from));
    const auto end = time_from_seconds(data_.get(to));
    const bool told = begin && end && *begin > Time{} && *end > Time{};
    const Duration duration = told ? *end - *begin : otherwise;
    return duration < Duration::zero() || duration > kLongestWait ? Duration::zero() : duration;
}

}  // namespace callboard
