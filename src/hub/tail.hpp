#pragma once

#include <deque>
#include <shared_mutex>
#include <vector>

#include "hub/announcement.hpp"

namespace callboard {

/// The newest announcements in memory, without a gap, bounded in number and bytes. One thread appends, any
/// thread reads.
class Tail {
  public:
    Tail(std::size_t most, std::size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}

    /// Before the first append: the tail begins behind `last`.
    void begin_after(Sequence last);
    void append(const std::vector<Announced>& group);

    /// Of the last event appended.
    Sequence last() const;
    /// Of the oldest event kept; last() + 1 when none is.
    Sequence first() const;
    /// Those after `after`, at most `limit`. Nothing when `after + 1` is not kept any more.
    void read(Sequence after, std::size_t limit, std::vector<Announced>& out) const;

  private:
    const std::size_t most_, most_bytes_;

    mutable std::shared_mutex mutex_;
    std::deque<Announced> kept_;
    Sequence next_ = 1;      // number of the next to be appended
    std::size_t bytes_ = 0;  // of kept_
};

}  // namespace callboard
