#pragma once

#include <string>
#include <string_view>

#include "base/metrics.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// `callboard_events_total{service,event}`. Names come from clients too: those beyond kMostNames count as
/// `other`. One thread.
class EventCounters {
  public:
    explicit EventCounters(Metrics& metrics) : metrics_(metrics) {}
    void count(Protocol protocol, std::string_view name);

    static constexpr std::size_t kMostNames = 64;
    static constexpr std::size_t kLongestName = 64;

  private:
    Metrics& metrics_;
    StringMap<Counter*> counters_;  // by service and name: `sip start_ringing`
    std::string key_;
};

}  // namespace callboard
