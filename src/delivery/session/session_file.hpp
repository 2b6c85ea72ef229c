#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "delivery/keyed_file.hpp"
#include "delivery/sealing.hpp"
#include "delivery/session/session_record.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// The sessions on disk, `data_dir/sessions.db` (SQLite): found by an HMAC of their id, everything else
/// sealed, because the id of a session is as good as its tokens. One thread at a time.
class SessionFile {
  public:
    /// Opens or makes the file. One that is damaged, none of ours or made with another key is moved aside
    /// with a word in the log: a server without its sessions is better than none. Error: not writable, or of
    /// a newer format.
    static Result<SessionFile> open(const std::filesystem::path& file, const Secret& key);

    /// All of them; what does not open is left out, with a word in the log.
    Result<std::vector<SessionRecord>> load();
    /// Puts or replaces `kept` and forgets `removed` (ids); all or nothing. Safe from a crash of the process
    /// when this returns.
    Result<void> write(std::span<const SessionRecord> kept, std::span<const std::string> removed);
    /// Makes what was written safe from a crash of the machine.
    Result<void> sync() { return connection_.sync_log(); }

    static constexpr const char* kSetAside = callboard::kSetAside;

  private:
    SessionFile(sqlite::Connection connection, const Secret& key);
    static Result<SessionFile> open_as_it_is(const std::filesystem::path& file, const Secret& key);
    Result<void> make_or_check(const std::filesystem::path& file);
    std::string fingerprint(std::string_view id) const;

    sqlite::Connection connection_;
    sqlite::Statement put_, remove_;
    Secret lookup_key_;
    Sealing sealing_;
};

}  // namespace callboard
