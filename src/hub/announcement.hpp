#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "event/event.hpp"
#include "event/json.hpp"
#include "event/time_zone.hpp"

namespace callboard {

/// An event that is in the journal, shared by all who deliver it.
class Announcement {
  public:
    Announcement(Record told, Time came_in, TimeZone zone_of_dates)
        : record(std::move(told)), signalled(came_in), zone_(std::move(zone_of_dates)) {}

    const Record record;
    /// When its signal came in: start of `callboard_delivery_seconds`. The epoch for an event that was read
    /// back from the journal, which is no delivery to measure.
    const Time signalled;

    /// Both forms that clients read. Serialised once, by the first thread that asks: most events of a busy
    /// exchange have no reader. Two that ask at once may both do it, and one of them for nothing.
    const Encoded& encoded() const {
        if (const Encoded* made = encoded_.load(std::memory_order_acquire)) return *made;
        auto making = std::make_unique<const Encoded>(encode(record, zone_));
        const Encoded* known = nullptr;
        if (!encoded_.compare_exchange_strong(known, making.get(), std::memory_order_acq_rel)) return *known;
        return *making.release();
    }
    ~Announcement() { delete encoded_.load(std::memory_order_acquire); }
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;

  private:
    TimeZone zone_;
    // Not std::call_once, which makes a system call for each event.
    mutable std::atomic<const Encoded*> encoded_{nullptr};
};
using Announced = std::shared_ptr<const Announcement>;

}  // namespace callboard
