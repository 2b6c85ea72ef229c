#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/throttle.hpp"
#include "delivery/webhook/attempt.hpp"
#include "delivery/webhook/feed.hpp"
#include "delivery/webhook/schedule.hpp"
#include "delivery/webhook/webhook.hpp"
#include "delivery/webhook/webhook_file.hpp"
#include "hub/hub.hpp"
#include "journal/journal.hpp"
#include "net/destinations.hpp"
#include "net/http_client.hpp"

namespace callboard::webhook {

/// A webhook as it stands.
struct View {
    Webhook webhook;
    Schedule::State state = Schedule::State::active;
    std::size_t waiting = 0;  ///< deliveries
    std::optional<Time> failing_since;
    std::string last_error;  ///< empty: the last attempt went well, or there was none
};
/// A part of a webhook's log, the newest first.
struct Log {
    Webhook webhook;
    std::vector<Attempt> attempts;
};

/// Follows the journal for every webhook, from where each stands in its file, and delivers.
///
/// One thread of its own does all but the asking, which is HttpClient's. Each webhook has its own place in
/// the journal and its own share of connections, so that none waits for another's receiver. What was begun
/// when the process ends is begun again: a receiver may hear of an event twice, never not at all.
class Courier final : public Listener {
  public:
    /// What a reload changes besides the webhooks.
    struct Rules {
        std::vector<std::string> allow_private;  ///< see Destinations
        Thresholds thresholds;
    };
    struct Settings {
        std::chrono::milliseconds deadline = std::chrono::seconds(10);  ///< of one attempt
        std::string authorities = {};                                   ///< as HttpClient's
        std::size_t most_waiting = 10'000;  ///< of one webhook; then it is read on when some are delivered
        Duration log_age = std::chrono::hours(24 * 30);
        Duration folded =
            std::chrono::hours(24);  ///< calls that began longer ago are not known after a restart
        Schedule::Settings schedule = {};
    };

    /// Opens the file and starts the thread. The references must outlive the courier, and the hub has
    /// started. Error: as WebhookFile::open().
    static Result<std::unique_ptr<Courier>> start(const std::filesystem::path& file, const Secret& key,
                                                  Hub& hub, const Journal& journal, const Clock& clock,
                                                  Metrics& metrics, std::vector<Webhook> configured,
                                                  Rules rules, Settings settings);
    /// Stops as stop() does.
    ~Courier() override;
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    /// Gives what is under way a second to end. Any thread.
    void stop();
    /// Puts other configured webhooks in force: those that are gone are forgotten, new ones begin now. Any
    /// thread.
    void use(std::vector<Webhook> configured, Rules rules);

    // Requests of the API. `done` runs on the courier's thread and must not block. False: too many wait, or
    // it stops. Errors: missing, there is no such webhook; invalid, it cannot be done; unavailable, not now.
    bool list(std::function<void(std::vector<View>)> done);
    /// Of `webhook` id and `configured` are made here.
    bool create(Webhook webhook, std::function<void(Result<View>)> done);
    bool remove(std::string id, std::function<void(Result<void>)> done);
    /// Begins again, with what waits; a stopped one with what comes from now on.
    bool resume(std::string id, std::function<void(Result<View>)> done);
    /// Entries before `before` (0: from the newest on).
    bool log(std::string id, std::int64_t before, std::size_t limit, std::function<void(Result<Log>)> done);
    /// Sends a made-up event now, once.
    bool test(std::string id, std::function<void(Result<Attempt>)> done);
    /// Sends what an entry of the log sent again, under the same id, now and once.
    bool replay(std::string id, std::int64_t attempt, std::function<void(Result<Attempt>)> done);

    void on_announced(Sequence last) noexcept override;

    static constexpr std::size_t kMostRequests = 1'000;
    static constexpr std::size_t kMostImmediate = 16;  ///< tests and replays under way

  private:
    struct Endpoint {
        Webhook webhook;
        Schedule schedule;
        Feed feed;
        std::string last_error;
        Place written;         // the place that the file has
        bool changed = false;  // something that the file has not
    };
    struct UnderWay {
        std::string endpoint;
        Attempt attempt;
        std::chrono::steady_clock::time_point begun;
        bool scheduled = true;  // else a test or a replay
        std::function<void(Result<Attempt>)> done;
    };
    struct Arrived {
        std::uint64_t ticket;
        Reply reply;
    };
    using Steady = std::chrono::steady_clock::time_point;

    Courier(WebhookFile file, Hub& hub, const Journal& journal, const Clock& clock, Metrics& metrics,
            Rules rules, Settings settings);
    Result<void> load(std::vector<Webhook> configured);
    void put_in_force(std::vector<Webhook> configured);
    Endpoint endpoint(Webhook webhook, const Standing& standing) const;
    Standing fresh(const Webhook& webhook) const;
    Standing standing_of(const Endpoint& endpoint) const;
    static View view(const Endpoint& endpoint);

    void run();
    void run_requests();
    void finish_arrived();
    void finish(UnderWay over, Reply reply);
    void settle(Endpoint& endpoint, const Attempt& attempt, const Schedule::Finished& finished);
    bool read_feeds();
    bool read_on(Endpoint& endpoint);
    void add(Endpoint& endpoint, std::vector<Message> told);
    void note_lost(Endpoint& endpoint);
    void attempt_due();
    void attempt(Endpoint& endpoint, Message message, std::int64_t delivery, bool scheduled,
                 std::function<void(Result<Attempt>)> done);
    bool immediate(std::string id,
                   std::function<Result<std::pair<Message, std::int64_t>>(const Endpoint&)> what,
                   std::function<void(Result<Attempt>)> done);
    bool flush();
    void housekeeping();
    void wait(bool more);
    Steady next_wake() const;
    bool ask(std::function<void()> request);
    void forget(const std::string& id);

    WebhookFile file_;
    Hub& hub_;
    const Journal& journal_;
    const Clock& clock_;
    Metrics& metrics_;
    const Settings settings_;
    std::atomic<bool> listening_{false};

    mutable std::mutex destinations_mutex_;  // asked by the client's thread
    std::shared_ptr<const Destinations> destinations_;

    std::mutex mutex_;
    std::condition_variable wake_;
    // Guarded by mutex_.
    std::deque<std::function<void()>> requests_;
    std::vector<Arrived> arrived_;
    bool woken_ = false, stopping_ = false;

    // The courier's thread alone (before it runs: start()).
    Thresholds thresholds_;
    std::map<std::string, Endpoint> endpoints_;  // by id
    std::map<std::uint64_t, UnderWay> under_way_;
    std::size_t immediate_ = 0;  // of under_way_
    std::uint64_t last_ticket_ = 0;
    Changes changes_;
    bool unsynced_ = false, trouble_ = false;  // trouble_: the file or the journal did not do as asked
    Time looked_{};                            // at the calendar, last
    Steady next_housekeeping_{}, next_retirement_{};
    Throttle trouble_spoken_;
    std::mt19937_64 random_{std::random_device{}()};

    // Last, so that nothing arrives any more when the rest goes.
    std::unique_ptr<HttpClient> guarded_, open_;
    std::thread thread_;
};

}  // namespace callboard::webhook
