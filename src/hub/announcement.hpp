#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/clock.hpp"
#include "event/event.hpp"
#include "event/json.hpp"
#include "event/masking.hpp"
#include "event/time_zone.hpp"

namespace callboard {

/// An event that is in the journal, shared by all who deliver it.
class Announcement {
  public:
    /// `directory` says whose numbers a masked token may read; null: nobody's.
    Announcement(Record told, Time came_in, TimeZone zone_of_dates,
                 std::shared_ptr<const Directory> directory = nullptr)
        : record(std::move(told)),
          signalled(came_in),
          zone_(std::move(zone_of_dates)),
          directory_(std::move(directory)) {}

    const Record record;
    /// When its signal came in: start of `callboard_delivery_seconds`. The epoch for an event that was read
    /// back from the journal, which is no delivery to measure.
    const Time signalled;

    /// Both forms that clients read, as a token reads them (Grant::masked). Serialised once, by the first
    /// thread that asks: most events of a busy exchange have no reader, and few a masked one. Two that ask at
    /// once may both do it, and one of them for nothing.
    const Encoded& encoded(bool masked) const {
        if (masked) return once(masked_, [this] { return Masking(directory_.get()).record(record, zone_); });
        return once(encoded_, [this]() -> const Record& { return record; });
    }
    ~Announcement() {
        delete encoded_.load(std::memory_order_acquire);
        delete masked_.load(std::memory_order_acquire);
    }
    Announcement(const Announcement&) = delete;
    Announcement& operator=(const Announcement&) = delete;

  private:
    template <typename Shown>
    const Encoded& once(std::atomic<const Encoded*>& place, Shown shown) const {
        if (const Encoded* made = place.load(std::memory_order_acquire)) return *made;
        auto making = std::make_unique<const Encoded>(encode(shown(), zone_));
        const Encoded* known = nullptr;
        if (!place.compare_exchange_strong(known, making.get(), std::memory_order_acq_rel)) return *known;
        return *making.release();
    }

    TimeZone zone_;
    std::shared_ptr<const Directory> directory_;
    // Not std::call_once, which makes a system call for each event.
    mutable std::atomic<const Encoded*> encoded_{nullptr}, masked_{nullptr};
};
using Announced = std::shared_ptr<const Announcement>;

}  // namespace callboard
