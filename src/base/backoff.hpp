#pragma once

#include <algorithm>
#include <chrono>

namespace callboard {

/// How long to wait before the next attempt: doubles from half a second to half a minute, less up to half of
/// it at random, so that many who lost the same server do not come back at once.
class Backoff {
  public:
    using milliseconds = std::chrono::milliseconds;

    /// `random`: from 0 to 1.
    milliseconds next(double random) {
        const auto wait = step_ - std::chrono::duration_cast<milliseconds>(step_ * random / 2);
        step_ = std::min(2 * step_, kLongest);
        return wait;
    }
    /// The attempt went well.
    void reset() { step_ = kFirst; }

    static constexpr milliseconds kFirst{500}, kLongest{30'000};

  private:
    milliseconds step_ = kFirst;
};

}  // namespace callboard
