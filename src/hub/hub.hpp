#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "core/state.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/json.hpp"
#include "event/time_zone.hpp"
#include "journal/journal.hpp"

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

/// Is told that there is more to read.
class Listener {
  public:
    virtual ~Listener() = default;
    /// On the hub's thread, after every group: must only wake another thread.
    virtual void on_announced(Sequence last) noexcept = 0;
};

/// The spine: number → append → apply → announce. The only code that keeps order.
///
/// One thread of its own does all four, in groups: what was submitted while the last group was being appended
/// makes the next. submit(), read(), with_state() and the listeners' functions are for any thread.
class Hub {
  public:
    struct Settings {
        std::size_t most_queued = 200'000;  ///< events submitted and not yet appended
        std::size_t group = 4'096;          ///< most events of one append
        std::size_t tail = 65'536;          ///< newest events kept in memory
        std::size_t tail_bytes = 64 << 20;
        Duration retention = std::chrono::hours(24 * 90);
        Duration sync_interval = std::chrono::milliseconds(50);
    };
    /// What became of a submission: the sequences of its first and last event, or why nothing of it was kept.
    struct Appended {
        Sequence first = 0, last = 0;
    };
    using Done = std::function<void(const Result<Appended>&)>;  ///< on the hub's thread: must not block

    /// All references must outlive the hub.
    Hub(Journal& journal, const Clock& clock, Metrics& metrics, std::shared_ptr<const Directory> directory,
        TimeZone zone, Settings settings);
    /// Stops as stop() does.
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Folds what the journal holds of yesterday and today into the state, then starts the thread.
    Result<void> start();
    /// Appends what is submitted, then ends the thread. submit() says no from now on.
    void stop();

    /// Hands events over, in order, all or nothing. Events of numbers that the directory does not know are
    /// dropped. False: stopped, or no room; `done` is then not called. Waits up to `patience` for room.
    bool submit(std::vector<Event> events, Time signalled, Done done = {},
                Duration patience = Duration::zero());

    /// Events after `after`, oldest first, at most `limit`. From memory, or from the journal when they are
    /// older: then it reads the disk, so keep `limit` small on a thread that others wait for. `next` is where
    /// to read on from.
    struct Page {
        std::vector<Announced> events;
        Sequence next = 0;
    };
    Result<Page> read(Sequence after, std::size_t limit) const;
    /// Whether read(after) needs no disk.
    bool in_memory(Sequence after) const;

    Sequence first() const { return journal_.first(); }
    Sequence last() const;  ///< of the last event announced
    std::uint64_t epoch() const { return journal_.epoch(); }

    /// Runs `look` with the state, which stands still meanwhile; keep it short.
    void with_state(const std::function<void(const State&)>& look) const;

    void add(Listener& listener);
    /// After this returns the listener is not called any more.
    void remove(Listener& listener);

    std::shared_ptr<const Directory> directory() const;
    void use(std::shared_ptr<const Directory> directory);
    const TimeZone& zone() const { return zone_; }

    /// Empty while the journal takes events; else what is wrong with it, for `/readyz`.
    std::string trouble() const;

  private:
    struct Submission {
        std::vector<Event> events;
        Time signalled{};
        Done done;
    };
    void run();

    Journal& journal_;
    const Clock& clock_;
    Metrics& metrics_;
    TimeZone zone_;
    Settings settings_;
    // The helper who writes hub.cpp lays out the rest, grouped by the lock that guards it.
};

}  // namespace callboard
