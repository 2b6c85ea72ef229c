#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/event.hpp"

namespace callboard {

/// The durable order of all events. Nothing is delivered that is not appended here.
///
/// append() and retire() are called by one thread (the hub's), sync() by one thread, which may be another;
/// the rest by any thread. Errors of append() leave nothing of the group behind, and the same group may be
/// tried again.
class Journal {
  public:
    virtual ~Journal() = default;

    /// Appends all of `group` or nothing; gives each its sequence, in order, without a gap. When this
    /// returns, a crash of the process loses nothing of it; a crash of the machine neither with sync =
    /// always, and with sync = interval at most what came in the last 100 ms. An empty group only tries
    /// whether the journal can be written.
    virtual Result<Sequence> append(std::span<Record> group) = 0;

    /// Makes what is appended safe from a crash of the machine, and does what else the disk has to be waited
    /// for. Cheap when there is nothing to do. append() goes on meanwhile.
    virtual Result<void> sync() = 0;

    /// Calls `take` with each record after `after`, in order, until `take` returns false, `limit` records
    /// were handed over, or the end. Returns the sequence of the last record handed over (`after` when none).
    virtual Result<Sequence> read(Sequence after, std::size_t limit,
                                  const std::function<bool(const Record&)>& take) const = 0;

    /// Forgets a bounded number of groups whose records are all older than `limit`. Returns whether more is
    /// left to do.
    virtual Result<bool> retire(Time limit) = 0;

    /// Sequence of the oldest record kept; last() + 1 when there is none.
    virtual Sequence first() const = 0;
    /// Sequence of the newest record; 0 when none was ever appended.
    virtual Sequence last() const = 0;
    /// The first record appended at or after `time`; last() + 1 when there is none.
    virtual Sequence first_at(Time time) const = 0;

    /// Made at random when the journal is made: tells a cursor of another, lost or replaced journal.
    virtual std::uint64_t epoch() const = 0;
};

}  // namespace callboard
