#include "delivery/webhook/schedule.hpp"

#include <algorithm>

namespace callboard::webhook {
namespace {

constexpr double kJitter = 0.1;  // at most, of a wait

Duration jittered(Duration wait, double random) {
    return wait + std::chrono::duration_cast<Duration>(wait * (kJitter * std::clamp(random, 0.0, 1.0)));
}

}  // namespace

void Schedule::add(Id id, Subject subject, unsigned attempts, Time due) {
    if (state_ == State::stopped || !items_.emplace(id, Item{subject, attempts, due}).second) return;
    auto& line = lines_[subject];
    line.push_back(id);
    if (line.size() == 1) ready_.emplace(due, id);
}

std::optional<Schedule::Id> Schedule::begin(Time now) {
    const auto at = next();
    if (!at || *at > now) return std::nullopt;
    const Id id = ready_.begin()->second;
    ready_.erase(ready_.begin());
    Item& item = items_.at(id);
    item.under_way = true;
    item.probes = state_ == State::paused;
    ++under_way_;
    return id;
}

std::optional<Time> Schedule::next() const {
    if (state_ == State::stopped || ready_.empty() || under_way_ >= most_under_way()) return std::nullopt;
    const Time due = ready_.begin()->first;
    return state_ == State::paused ? std::max(due, probe_at_) : due;
}

Schedule::Finished Schedule::finish(Id id, Outcome outcome, Time now, double random) {
    const auto found = items_.find(id);
    // It was under way when the webhook was stopped.
    if (found == items_.end() || !found->second.under_way)
        return {outcome == Outcome::delivered ? Verdict::delivered : Verdict::failed, 1, {}};
    Item& item = found->second;
    --under_way_;
    item.under_way = false;
    const unsigned attempts = ++item.attempts;
    if (outcome == Outcome::gone) {
        *this = Schedule(settings_, State::stopped, failing_since_ ? failing_since_ : now);
        return {Verdict::gone, attempts, {}};
    }
    if (outcome == Outcome::delivered) {
        remove(id);
        if (state_ == State::paused) resume(now);
        failures_ = 0;
        failing_since_.reset();
        return {Verdict::delivered, attempts, {}};
    }
    failed(item.probes, now, random);
    if (attempts >= settings_.attempts) {
        remove(id);
        return {Verdict::failed, attempts, {}};
    }
    item.due = now + jittered(wait_after(attempts), random);
    ready_.emplace(item.due, id);
    return {Verdict::retrying, attempts, item.due};
}

Duration Schedule::wait_after(unsigned attempts) const {
    if (attempts == 0) return Duration::zero();
    Duration wait = settings_.first_wait;
    for (unsigned i = 1; i < attempts; ++i) wait *= 3;
    return wait;
}

void Schedule::calendar_was_set(Time now) {
    for (auto& [id, item] : items_)
        item.due = std::min(item.due, now + jittered(wait_after(item.attempts), 1));
    probe_at_ = std::min(probe_at_, now + jittered(probe_wait_, 1));
    find_ready();
}

/// What was under way when the endpoint was paused and fails as well says nothing new.
void Schedule::failed(bool probe, Time now, double random) {
    if (!failing_since_) failing_since_ = now;
    if (state_ == State::active) {
        if (++failures_ < settings_.pause_after) return;
        state_ = State::paused;
        probe_wait_ = settings_.first_probe;
    } else if (probe) {
        probe_wait_ = probe_wait_ == Duration::zero() ? settings_.first_probe
                                                      : std::min(2 * probe_wait_, settings_.last_probe);
    } else {
        return;
    }
    probe_at_ = now + jittered(probe_wait_, random);
}

void Schedule::remove(Id id) {
    const auto item = items_.find(id);
    const auto line = lines_.find(item->second.subject);
    line->second.pop_front();  // only the first of a line is ever under way
    if (line->second.empty())
        lines_.erase(line);
    else
        ready_.emplace(items_.at(line->second.front()).due, line->second.front());
    items_.erase(item);
}

void Schedule::resume(Time now) {
    state_ = State::active;
    failing_since_.reset();
    failures_ = 0;
    probe_wait_ = {};
    for (auto& [id, item] : items_) item.due = std::min(item.due, now);
    find_ready();
}

void Schedule::find_ready() {
    ready_.clear();
    for (const auto& [subject, line] : lines_) {
        const Item& first = items_.at(line.front());
        if (!first.under_way) ready_.emplace(first.due, line.front());
    }
}

}  // namespace callboard::webhook
