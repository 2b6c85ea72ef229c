#include "delivery/webhook/feed.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "event/json.hpp"

namespace callboard::webhook {

Feed::Feed(Webhook webhook, Place place, Sequence from, TimeZone zone)
    : webhook_(std::move(webhook)),
      zone_(std::move(zone)),
      place_(place),
      position_(std::min(from, place.sequence)) {
    for (const auto name : {event_name::call_missed, event_name::call_ended, event_name::queue_abandoned,
                            event_name::threshold_crossed})
        if (webhook_.wants(name) && !lifecycle_) lifecycle_.emplace(zone_);
}

void Feed::take(const Record& record, const Thresholds& thresholds, std::vector<Message>& told) {
    const bool is_new = record.sequence > place_.sequence;
    if (is_new) catch_up(thresholds);
    skip(record.sequence);
    if (!webhook_.concerns(record.account, record.ressource)) return;
    std::vector<Record> follows;
    if (lifecycle_)
        if (const auto event = event_of(record)) follows = lifecycle_->apply(*event, record, thresholds);
    if (!is_new) return;
    place_.time = std::max(place_.time, record.timestamp);
    // What time alone had brought about before comes first.
    const auto later = std::stable_partition(
        follows.begin(), follows.end(), [&](const Record& one) { return one.timestamp < record.timestamp; });
    for (auto one = follows.begin(); one != later; ++one) tell(*one, told);
    tell(record, told);
    for (auto one = later; one != follows.end(); ++one) tell(*one, told);
}

void Feed::skip(Sequence sequence) {
    position_ = std::max(position_, sequence);
    place_.sequence = std::max(place_.sequence, position_);
}

void Feed::until(Time now, const Thresholds& thresholds, std::vector<Message>& told) {
    if (!lifecycle_ || now <= place_.time) return;
    catch_up(thresholds);
    for (const Record& one : lifecycle_->until(now, thresholds)) tell(one, told);
    place_.time = now;
}

std::optional<Time> Feed::next(const Thresholds& thresholds) const {
    return lifecycle_ ? lifecycle_->next(thresholds) : std::nullopt;
}

/// What time alone had brought about up to place_ was told before.
void Feed::catch_up(const Thresholds& thresholds) {
    if (!std::exchange(caught_up_, true) && lifecycle_) lifecycle_->until(place_.time, thresholds);
}

void Feed::tell(const Record& record, std::vector<Message>& told) const {
    if (webhook_.wants(record.name)) told.push_back(message_of(record, zone_));
}

}  // namespace callboard::webhook
