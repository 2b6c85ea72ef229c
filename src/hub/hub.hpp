#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/throttle.hpp"
#include "core/correlation.hpp"
#include "core/state.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/time_zone.hpp"
#include "hub/announcement.hpp"
#include "hub/event_counters.hpp"
#include "hub/line_sources.hpp"
#include "hub/tail.hpp"
#include "journal/journal.hpp"

namespace callboard {

/// Is told that there is more to read.
class Listener {
  public:
    virtual ~Listener() = default;
    /// On the thread that appends, after every group: must only wake another thread.
    virtual void on_announced(Sequence last) noexcept = 0;
};

/// The spine: number → append → apply → announce. The only code that keeps order.
///
/// One thread at a time does all four, in groups: what was submitted while the last group was being appended
/// makes the next. It is the hub's own, or that of publish() when nothing else is going on
/// (docs/decisions/who-appends.md). A second thread has the journal synced, so that a slow disk delays no
/// event. submit(), publish(), read(), with_state() and the listeners' functions are for any thread.
class Hub {
  public:
    struct Settings {
        std::size_t most_queued = 200'000;  ///< events submitted and not yet appended
        std::size_t group = 4'096;          ///< most events of one append
        std::size_t tail = 16'384;          ///< newest events kept in memory
        std::size_t tail_bytes = 26 << 20;
        Duration retention = std::chrono::hours(24 * 90);
        Duration sync_interval = std::chrono::milliseconds(50);
        Duration first_retry = std::chrono::milliseconds(50);  ///< after a failed append; doubles …
        Duration last_retry = std::chrono::seconds(1);         ///< … up to this
        std::size_t largest_event = 1 << 20;                   ///< bytes of `data`; larger ones are refused
        bool correlates = false;  ///< several sources may see one call: it is told once (Correlation)
    };
    /// What became of a submission: the sequences of its first and last event (0 and 0 when the directory
    /// knew none of their numbers), or why nothing of it was kept.
    struct Appended {
        Sequence first = 0, last = 0;
    };
    /// On the thread that appends, also from within publish(): must not block.
    using Done = std::function<void(const Result<Appended>&)>;
    /// Events that come in together or not at all, in order.
    struct Submission {
        std::vector<Event> events;
        Time signalled{};
        Done done;
        std::string source = {};  ///< of a source that listens to calls: its name
    };

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
    ///
    /// When the journal takes nothing, a submission with `done` is answered with the error; one without is
    /// kept and tried again until it is in, so that its events are late instead of lost.
    bool submit(std::vector<Event> events, Time signalled, Done done = {},
                Duration patience = Duration::zero(), std::string_view source = {});

    /// Hands several over, in order, each all or nothing. Appends them on the calling thread when the hub has
    /// nothing else to do and the journal was quick lately; waits for neither otherwise. False: stopped, or
    /// no room for all; none is taken then. Each needs a `done`.
    bool publish(std::vector<Submission>& submissions);
    /// An append that takes longer is left to the hub's own thread …
    static constexpr Duration kQuick = std::chrono::milliseconds(5);
    /// … for so long.
    static constexpr Duration kDistrust = std::chrono::seconds(1);

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

    const Clock& clock() const { return clock_; }
    /// The sources that have told of a line since the start, the last one at the end.
    std::vector<std::string> sources_of(std::string_view line) const { return line_sources_.of(line); }

    std::shared_ptr<const Directory> directory() const;
    void use(std::shared_ptr<const Directory> directory);
    const TimeZone& zone() const { return zone_; }

    /// Empty while the journal takes events, as far as is known from the last one; else what is wrong with
    /// it.
    std::string trouble() const;
    /// Finds out whether the journal takes events now, although none come: it is tried unless it took some
    /// within kKnownFor. `done` gets what trouble() then says, on the hub's thread, and must not block; it
    /// may take as long as the disk does. False: stopped, or no room; `done` is then not called.
    bool ask_for_trouble(std::function<void(const std::string&)> done);
    static constexpr Duration kKnownFor = std::chrono::seconds(1);
    static constexpr unsigned kMostAsking = 64;

  private:
    struct Queued : Submission {
        std::size_t records = 0;  // of events whose number is known
    };
    using Steady = std::chrono::steady_clock::time_point;

    Result<void> fold();
    void run();
    void wait_for_work();
    bool take_group();
    bool take_alone(std::vector<Submission>& submissions);
    bool enqueue(std::vector<Submission>& submissions);
    void correlate(Submission& submission);
    void append_group();
    bool asked() const;
    void number_group();
    void announce_group();
    void answer_group();
    void appending_failed(const Error& error);
    void appending_works();
    void refuse_one(Queued& submission, const Error& error);
    void drop(const Queued& submission);
    void give_up();
    void free_room();
    void housekeeping();
    void to_be_synced();
    void keep_synced();
    bool sync();
    void retire_if_due(Steady now);
    Result<Page> read_journal(Sequence after, Sequence end, std::size_t limit) const;

    Journal& journal_;
    const Clock& clock_;
    const TimeZone zone_;
    const Settings settings_;
    std::thread thread_, sync_thread_;

    mutable std::mutex queue_mutex_;
    std::condition_variable work_, room_;
    std::deque<Queued> queue_;
    std::size_t queued_ = 0;  // events in queue_ and group_
    std::size_t taken_ = 0;   // of them in group_
    bool stopping_ = false;

    mutable std::mutex directory_mutex_;
    std::shared_ptr<const Directory> directory_;

    mutable std::shared_mutex state_mutex_;
    mutable State state_;  // with_state() passes midnight

    std::mutex listeners_mutex_;
    std::vector<Listener*> listeners_;

    std::mutex sync_mutex_;
    std::condition_variable appended_;
    bool unsynced_ = false, sync_stopping_ = false;
    Throttle sync_trouble_spoken_;  // of the thread that syncs

    mutable std::mutex trouble_mutex_;
    std::string append_trouble_, sync_trouble_;
    std::atomic<unsigned> asking_{0};

    Tail tail_;
    LineSources line_sources_;

    // Of who appends: guarded by append_mutex_, which comes before every other (start() before the thread
    // runs).
    std::mutex append_mutex_;
    struct Told {
        const Event* event;
        Time signalled;
    };
    std::vector<Queued> group_;    // what the next append takes, and took when it failed
    std::vector<Record> records_;  // of group_
    std::vector<Told> told_;       // one for each record
    Correlation correlation_;
    Time last_timestamp_{};
    Duration retry_{};  // zero: the last append went well
    Steady next_retirement_{};
    std::optional<Steady> written_;  // when the journal last took something
    Steady distrusted_until_{};      // until then only the hub's own thread appends
    Throttle trouble_spoken_, drop_spoken_;

    EventCounters counted_;
    Counter& dropped_;
    Counter& correlated_;
    Histogram& append_seconds_;
    Gauge& sequence_;
    Gauge& queue_length_;
};

}  // namespace callboard
