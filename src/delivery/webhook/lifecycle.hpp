#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "event/event.hpp"
#include "event/time_zone.hpp"

namespace callboard::webhook {

namespace event_name {
inline constexpr std::string_view call_missed = "call.missed";
inline constexpr std::string_view call_ended = "call.ended";
inline constexpr std::string_view queue_abandoned = "queue.abandoned";
inline constexpr std::string_view threshold_crossed = "threshold.crossed";
}  // namespace event_name

/// Whether an event is one that the fold below makes.
bool is_lifecycle(std::string_view event);

/// From when on it is too much for a queue; nothing is watched that is not set.
struct Threshold {
    std::optional<std::size_t> waiting;    ///< so many callers, or more
    std::optional<Duration> longest_wait;  ///< somebody waits as long, or longer
    friend bool operator==(const Threshold&, const Threshold&) = default;
};
using Thresholds = std::map<std::string, Threshold, std::less<>>;  ///< by number of the queue

/// What becomes of calls and queues, folded from events: `call.missed`, `call.ended`, `queue.abandoned` and
/// `threshold.crossed` (docs/webhooks.md says what each holds). Pure: what is told follows from the events
/// and the times alone, so that a fold over the same journal tells the same again. Bounded as State is.
///
/// Every call that rang or was answered on one of our lines and is over is told once: as missed when it came
/// in, was not answered and was not taken elsewhere, else as ended.
class Lifecycle {
  public:
    /// `zone`: of `date` and of the state's days.
    explicit Lifecycle(TimeZone zone) : zone_(std::move(zone)) {}

    /// One event, with what it was appended as. Times of records never fall; one that does is taken as the
    /// last. Returns what follows, in order, with the record's sequence.
    std::vector<Record> apply(const Event& event, const Record& record, const Thresholds& thresholds);
    /// Time has come to `now` without an event: what follows of that alone.
    std::vector<Record> until(Time now, const Thresholds& thresholds);
    /// When until() has something to tell; nothing while only an event can change that.
    std::optional<Time> next(const Thresholds& thresholds) const;

    /// The answer of a call follows the end of its ringing within this, or it was missed.
    static constexpr Duration kAnswerFollows = std::chrono::seconds(2);
    static constexpr std::size_t kMostUnanswered = 1'000;  ///< then the oldest is told at once

  private:
    struct Unanswered {
        Time due{}, ended{};
        Call call;
        Protocol protocol = Protocol::sip;
        std::string reason, account, details;
    };
    struct Watched {
        std::string account, details;
        bool many = false, long_wait = false;  // above the threshold
    };
    void line(const Event& event, const LineData& data, const Record& record, std::vector<Record>& told);
    void queue(const Event& event, const QueueData& data, const Record& record, std::vector<Record>& told);
    void pass(Time until, const Thresholds& thresholds, std::vector<Record>& told);
    void count_waiting(std::string_view queue, const Thresholds& thresholds, std::vector<Record>& told);
    void cross(const std::string& queue, Watched& watched, bool Watched::*mark, std::string_view what,
               double limit, double value, std::vector<Record>& told);
    Record unanswered(const Unanswered& call) const;
    std::optional<Time> too_long_at(const std::string& queue, const Watched& watched,
                                    const Thresholds& thresholds) const;

    TimeZone zone_;
    State state_;
    Time now_{};
    Sequence sequence_ = 0;
    std::deque<Unanswered> unanswered_;  // in the order in which they are due
    std::map<std::string, Watched, std::less<>> watched_;
};

}  // namespace callboard::webhook
