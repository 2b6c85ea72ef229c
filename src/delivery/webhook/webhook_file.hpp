#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "delivery/keyed_file.hpp"
#include "delivery/sealing.hpp"
#include "delivery/webhook/attempt.hpp"
#include "delivery/webhook/feed.hpp"
#include "delivery/webhook/message.hpp"
#include "delivery/webhook/schedule.hpp"
#include "delivery/webhook/webhook.hpp"
#include "journal/sqlite.hpp"

namespace callboard::webhook {

/// How one webhook stands, as the file keeps it.
struct Standing {
    std::string id;
    Place place;
    Schedule::State state = Schedule::State::active;
    std::optional<Time> failing_since;
    std::string last_error;
    std::string shape;  ///< tells whether the configuration has changed it: see WebhookFile::shape()
    std::optional<Webhook> made{};  ///< through the API; a configured one is in the configuration alone
};

/// A delivery that waits, without what is delivered.
struct Waiting {
    std::int64_t id = 0;
    std::string webhook;
    Schedule::Subject subject = 0;
    unsigned attempts = 0;
    Time due{};
};

/// What is to be written together.
struct Changes {
    struct Added {
        Waiting waiting;
        Message message;
    };
    struct Retried {
        std::int64_t id = 0;
        unsigned attempts = 0;
        Time due{};
    };
    std::map<std::string, Standing> standings;  ///< by id
    std::vector<Added> added;
    std::vector<Retried> retried;
    std::vector<std::int64_t> over;    ///< deliveries that wait no more
    std::vector<std::string> cleared;  ///< webhooks of which nothing waits any more, before `added`
    std::vector<std::string> removed;  ///< webhooks of which nothing is kept
    std::vector<Attempt> attempts;
    bool empty() const {
        return standings.empty() && added.empty() && retried.empty() && over.empty() && cleared.empty() &&
               removed.empty() && attempts.empty();
    }
};

/// The webhooks on disk, `data_dir/webhooks.db` (SQLite): how far each has come, what waits, and the log of
/// attempts, which is bounded in number and age. What tells of callers or is a secret is sealed. One thread
/// at a time.
class WebhookFile {
  public:
    /// Opens or makes the file. One that is damaged, none of ours or made with another key is moved aside
    /// with a word in the log: telephones go on. Error: not writable, or of a newer format.
    static Result<WebhookFile> open(const std::filesystem::path& file, const Secret& key);

    Result<std::vector<Standing>> standings();
    Result<std::vector<Waiting>> waiting();  ///< in ascending order of their ids
    /// What is delivered. Error::missing: there is no such delivery, or it was changed by hand.
    Result<Message> message(std::int64_t delivery);
    /// Of one webhook, the newest first, those before the entry `before` alone (0: all). `message` included.
    Result<std::vector<Attempt>> attempts(std::string_view webhook, std::int64_t before, std::size_t limit);
    /// Error::missing: there is none, or not of this webhook.
    Result<Attempt> attempt(std::string_view webhook, std::int64_t id);

    /// All or nothing. Safe from a crash of the process when this returns.
    Result<void> write(const Changes& changes);
    /// Makes what was written safe from a crash of the machine.
    Result<void> sync() { return connection_.sync_log(); }
    /// Forgets attempts that were made before `limit`, a bounded number; whether there may be more.
    Result<bool> retire(Time limit);

    /// Forgets every delivery that waits and every entry of the log in which `tells` finds what it looks for,
    /// so that nothing of them is left in the file. Returns how many. For a file that no server has open.
    Result<std::uint64_t> forget_all_that(const std::function<bool(const std::string& text)>& tells);

    /// A new number for a delivery, and one for an entry of the log. Never given twice, over restarts too,
    /// once what has them is written.
    std::int64_t next_delivery() { return ++last_delivery_; }
    std::int64_t next_attempt() { return ++last_attempt_; }
    /// What receivers know a delivery by: `Callboard-Id`. Another file, another id.
    std::string id_of(std::int64_t delivery) const;
    /// A fingerprint of everything in a webhook, its secrets too.
    std::string shape(const Webhook& webhook) const;

    static constexpr std::size_t kMostAttempts = 10'000;  ///< of one webhook, about
    static constexpr const char* kSetAside = callboard::kSetAside;

  private:
    WebhookFile(sqlite::Connection connection, const Secret& key);
    static Result<WebhookFile> open_as_it_is(const std::filesystem::path& file, const Secret& key);
    Result<void> make_or_check(const std::filesystem::path& file);
    Result<void> prepare();
    Result<void> load();
    Result<void> count_attempts();
    Result<void> write_standings(const Changes& changes);
    Result<void> write_deliveries(const Changes& changes);
    Result<void> write_attempts(const Changes& changes);
    Result<void> forget(const Changes& changes);
    Result<std::uint64_t> forget_of(const char* table,
                                    const std::function<bool(const std::string& text)>& tells);
    Result<void> run(sqlite::Statement& statement);
    std::optional<Attempt> attempt_in(const sqlite::Statement& row) const;
    Result<std::string> sealed(std::string_view text, std::string_view kind, std::string_view id) const;

    sqlite::Connection connection_;
    sqlite::Statement put_standing_, put_delivery_, retry_, end_, put_attempt_, clear_, prune_, find_;
    Secret key_;
    Sealing sealing_;
    std::string epoch_;  // of this file, in hexadecimal
    std::int64_t last_delivery_ = 0, last_attempt_ = 0;
    std::map<std::string, std::size_t, std::less<>> logged_;  // attempts of each webhook
};

}  // namespace callboard::webhook
