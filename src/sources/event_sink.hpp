#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// Takes finished events, for a source that may only go on when they are safe. Any thread.
class EventSink {
  public:
    virtual ~EventSink() = default;
    /// In force now.
    virtual std::shared_ptr<const Directory> directory() const = 0;
    /// Returns when all of `events` are in the journal, in order. Error: none of them is; `invalid`: they
    /// never will be, else try again. `collected`: when they came in. Waits as long as the journal takes to
    /// say so.
    virtual Result<void> keep(std::vector<Event> events, Time collected) = 0;
    /// Where the journal ends: a number that only rises.
    virtual Sequence last() const = 0;
    /// Calls `take` with each record after `after` that is still there, in order.
    virtual Result<void> read(Sequence after, const std::function<void(const Record&)>& take) const = 0;
    /// `data` of an event as its record has it.
    virtual std::string data_of(const Event& event) const = 0;
};

}  // namespace callboard
