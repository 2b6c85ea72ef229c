#include "hub/tail.hpp"

#include <algorithm>
#include <mutex>

namespace callboard {
namespace {

/// What an announcement takes once all its forms were made.
std::size_t bytes_of(const Announcement& announcement) {
    const Record& record = announcement.record;
    constexpr std::size_t kForms = 5;  // the record; version 1 and version 2, plain and masked
    return sizeof(Announcement) + 64 +
           kForms *
               (record.name.size() + record.ressource.size() + record.data.size() + record.details.size());
}

}  // namespace

void Tail::begin_after(Sequence last) {
    const std::unique_lock lock(mutex_);
    next_ = last + 1;
}

void Tail::append(const std::vector<Announced>& group) {
    std::vector<Announced> gone;  // freed after the lock
    const std::unique_lock lock(mutex_);
    for (const Announced& announced : group) {
        bytes_ += bytes_of(*announced);
        kept_.push_back(announced);
    }
    next_ += group.size();
    while (kept_.size() > most_ || (bytes_ > most_bytes_ && !kept_.empty())) {
        bytes_ -= bytes_of(*kept_.front());
        gone.push_back(std::move(kept_.front()));
        kept_.pop_front();
    }
}

Sequence Tail::last() const {
    const std::shared_lock lock(mutex_);
    return next_ - 1;
}

Sequence Tail::first() const {
    const std::shared_lock lock(mutex_);
    return next_ - kept_.size();
}

void Tail::read(Sequence after, std::size_t limit, std::vector<Announced>& out) const {
    const std::shared_lock lock(mutex_);
    const Sequence first = next_ - kept_.size();
    if (after + 1 < first || after >= next_) return;
    const auto begin = kept_.begin() + static_cast<std::ptrdiff_t>(after + 1 - first);
    const auto count = std::min(limit, static_cast<std::size_t>(kept_.end() - begin));
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
}

}  // namespace callboard
