#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "contacts/contact_reader.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// The contacts of an installation in one SQLite file: of each account, and those that all accounts share. A
/// name of the account's own goes before one that is shared, and both before one that was looked up for it.
///
/// Every question is answered from the file, so what another process has changed is in force at once. Any
/// thread; a question waits for the one before, each takes microseconds, a search of 100,000 contacts tens of
/// milliseconds.
class ContactStore {
  public:
    /// Makes the file when there is none. A damaged one is moved aside, with an error in the log: names are
    /// no reason for a server not to start. Error: it cannot be opened, or is of a newer version, and what to
    /// do.
    static Result<std::unique_ptr<ContactStore>> open(const std::filesystem::path& file);

    /// Nothing: nobody is known to have this number (in the form of the protocol).
    Result<std::optional<std::string>> name_of(std::string_view account, std::string_view number);
    /// Whether the account knows nobody.
    Result<bool> is_empty(std::string_view account);
    /// Those whose name has `text` in it, whatever its case and accents, or whose number has its digits. In
    /// the order of numbers, from behind `after` on, `most` at most. Empty text: all.
    Result<std::vector<Contact>> find(std::string_view account, std::string_view text, std::string_view after,
                                      std::size_t most);

    /// Whether a name may be looked up: nobody is known to have this number, and it was not looked up for
    /// this account or no longer holds.
    Result<bool> is_to_be_looked_up(std::string_view account, std::string_view number, Time now);
    /// What a directory said of a number; empty: nobody has it. It holds until `until`.
    Result<void> keep_looked_up(std::string_view account, const Contact& contact, Time until);
    /// Forgets what was looked up and does not hold any more, and of more than `most` the first to end.
    Result<void> forget_looked_up(Time now, std::int64_t most = kMostLookedUp);

    /// Puts the contacts in, in place of those of the same account with the same number; all or none. Empty
    /// account: shared by all.
    Result<void> put(std::string_view account, std::span<const Contact> contacts);
    /// Those of `account`, empty for the shared ones, that come behind the number `after`. For an export.
    Result<std::vector<Contact>> page(std::string_view account, std::string_view after, std::size_t most);
    /// Forgets all of one account (empty: the shared ones), or of all when there is none, and leaves nothing
    /// in the file. Returns how many there were.
    Result<std::uint64_t> clear(const std::optional<std::string>& account);
    /// Forgets a number in all accounts, and leaves nothing of it in the file. Returns how many there were.
    Result<std::uint64_t> erase(std::string_view number);

    /// What a damaged file is called afterwards.
    static constexpr const char* kSetAside = ".damaged";
    static constexpr int kFormat = 1;
    static constexpr std::int64_t kMostLookedUp = 100'000;

  private:
    explicit ContactStore(sqlite::Connection connection) : connection_(std::move(connection)) {}
    Result<void> prepare();
    Result<std::uint64_t> forget(std::string_view where, std::string_view value);
    Result<std::uint64_t> forget_in(std::string_view table, std::string_view where, std::string_view value);

    std::mutex mutex_;
    sqlite::Connection connection_;
    sqlite::Statement name_of_, any_, find_, page_, put_, due_, keep_, expire_, bound_;
};

}  // namespace callboard
