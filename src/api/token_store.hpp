#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "delivery/access.hpp"

namespace callboard {

/// A place that has one token, and one that is masked: an account, a service of it, or one of the huntings
/// and agents of a queue (the six places of OVH's API, OVH protocol §6.1). The places of a queue are places
/// of their own, and cover the same events.
struct TokenPlace {
    std::string account;
    std::string service = {};  ///< number; empty: every service of the account
    std::string hunting = {};  ///< of a queue: `ovhPabx`, `easyHunting`; empty: the service itself
    std::string agent = {};    ///< of a hunting: what concerns this agent alone; empty: the whole queue
    bool masked = false;       ///< as Grant: a place has a masked token beside the other
    friend bool operator==(const TokenPlace&, const TokenPlace&) = default;
};

/// A token and what it may read.
struct Token {
    std::string text;  ///< upper-case UUID, `ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB`
    Grant grant;
    Time created{};
    std::string hunting = {};  ///< as TokenPlace

    TokenPlace place() const { return {grant.account, grant.service, hunting, grant.agent, grant.masked}; }
};

/// The tokens of an installation, in `data_dir/tokens.db` (SQLite): found by an HMAC of the token, the token
/// itself sealed with AES-256-GCM, so that a stolen file without the key is worth nothing.
///
/// One token per place: making another ends the first. Several processes may
/// work on one store; what another one changed is in force here within kSeenWithin. Thread-safe.
class TokenStore final : public TokenAuthority {
  public:
    /// Opens or makes the file. `clock` must outlive the store. Error: not writable, of a newer format, or
    /// made with another key.
    static Result<std::unique_ptr<TokenStore>> open(const std::filesystem::path& file, Secret key,
                                                    const Clock& clock);
    ~TokenStore() override;
    TokenStore(const TokenStore&) = delete;
    TokenStore& operator=(const TokenStore&) = delete;

    /// `lifetime` absent: for ever. Writes to disk.
    Result<Token> create(const TokenPlace& place, std::optional<Duration> lifetime);
    /// The same for an account, or a service of it.
    Result<Token> create(std::string_view account, std::string_view service,
                         std::optional<Duration> lifetime) {
        return create({std::string(account), std::string(service)}, lifetime);
    }
    /// A token for each of the places, in their order: all or none.
    Result<std::vector<Token>> create_each(std::span<const TokenPlace> places,
                                           std::optional<Duration> lifetime);
    /// The token of a place, if there is one in force.
    std::optional<Token> of_place(const TokenPlace& place) const;
    std::optional<Token> of_place(std::string_view account, std::string_view service) const {
        return of_place({std::string(account), std::string(service)});
    }
    /// All in force, by account, service, hunting, agent; the masked one of a place after the other.
    std::vector<Token> list() const;
    /// False: there is no such token. Writes to disk.
    Result<bool> revoke(std::string_view token);

    std::optional<Grant> find(std::string_view token, Time now) const override;
    std::uint64_t generation() const override;

    static constexpr std::chrono::milliseconds kSeenWithin{100};

  private:
    class Impl;
    explicit TokenStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Reads a token's lifetime: `unlimited` (nothing), `10 minutes`, `1 day`, `30 days`, `12 hours`, `45 s`,
/// `90d`: a whole number and a unit, at most ten years.
Result<std::optional<Duration>> parse_lifetime(std::string_view text);

}  // namespace callboard
