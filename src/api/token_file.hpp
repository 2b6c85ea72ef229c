#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "api/token_seal.hpp"
#include "api/token_store.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// The table of tokens on disk, which other processes may change at any time. One thread at a time.
class TokenFile {
  public:
    /// As TokenStore::open().
    static Result<TokenFile> open(const std::filesystem::path& file, const TokenSeal& seal);

    /// Differs when another connection has changed the file.
    Result<std::int64_t> version();
    struct Loaded {
        std::vector<Token> tokens;
        std::size_t damaged = 0;  ///< rows that do not open: changed by hand, or by the disk
    };
    Result<Loaded> load(const TokenSeal& seal);
    /// Puts the tokens in their places, instead of those that are there: all or none. Forgets what expired
    /// before `now`.
    Result<void> put(std::span<const Token> tokens, const TokenSeal& seal, Time now);
    /// False: it is not there.
    Result<bool> remove(std::string_view token, const TokenSeal& seal);

  private:
    explicit TokenFile(sqlite::Connection connection) : connection_(std::move(connection)) {}
    Result<void> make_or_check(const std::filesystem::path& file, const TokenSeal& seal);

    sqlite::Connection connection_;
    sqlite::Statement version_;
};

}  // namespace callboard
