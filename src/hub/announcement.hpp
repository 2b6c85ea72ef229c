#pragma once

#include <memory>
#include <mutex>
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
    /// exchange have no reader.
    const Encoded& encoded() const {
        std::call_once(once_, [this] { encoded_ = encode(record, zone_); });
        return encoded_;
    }

  private:
    TimeZone zone_;
    mutable std::once_flag once_;
    mutable Encoded encoded_;
};
using Announced = std::shared_ptr<const Announcement>;

}  // namespace callboard
