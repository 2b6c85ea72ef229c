#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "delivery/access.hpp"

namespace callboard {

/// Who did something. Nothing in here opens anything.
struct Actor {
    std::string peer;     ///< address of the client; `local`: a command on this machine
    std::string who;      ///< of a token or key shown(); of a command the Unix user
    std::string account;  ///< empty: not of one alone
    std::string place;    ///< number of the line or queue, and agent; empty: all of the account
    friend bool operator==(const Actor&, const Actor&) = default;
};
/// Whoever came from `peer` with `token`, which opens `grant`.
Actor actor_of(std::string_view peer, std::string_view token, const Grant& grant);

/// What an audit tells of: that somebody read calls, or may do so from now on. Numbers of callers are masked
/// already, names are left out.
namespace act {

/// Parameters of a question, by their names.
using Asked = std::vector<std::pair<std::string, std::string>>;

struct ListenBegin {
    std::string transport;  ///< `longpoll`, `sse`, `v2`, `websocket`, `snapshot`
    bool masked = false;    ///< numbers from outside are
};
struct ListenEnd {
    std::string transport;
    bool masked = false;
    Duration lasted{};
    std::uint64_t events = 0;
};
struct HistoryRead {
    std::string what;  ///< `calls`, `statistics`, `callbacks`, `snapshot`, `deliveries` of webhooks
    bool masked = false;
    Asked asked;
    std::uint64_t rows = 0;
};
struct HistoryExport {
    std::string form;  ///< `csv`, `jsonl`
    bool masked = false;
    Asked asked;
    std::uint64_t rows = 0;  ///< that were written to the client
    bool whole = false;      ///< that was all of them
};
struct ContactsRead {
    Asked asked;
    std::uint64_t rows = 0;
};
struct ContactsImport {
    std::uint64_t imported = 0, refused = 0;
};
struct ContactsExport {
    std::uint64_t rows = 0;
};
struct ContactsClear {
    std::uint64_t rows = 0;
};
struct TokenCreate {
    std::string token;  ///< shown()
    bool masked = false;
};
/// Somebody was given a token that was there.
struct TokenRead {
    std::string token;  ///< shown()
    bool masked = false;
};
struct TokenDelete {
    std::string token;  ///< shown()
};
struct TokenList {
    std::uint64_t tokens = 0;
    bool revealed = false;  ///< whole ones
};
struct Erase {
    std::string number;  ///< masked
    std::uint64_t events = 0, calls = 0, deliveries = 0, contacts = 0;
};
struct Backup {
    std::string to;
};

}  // namespace act

using Act =
    std::variant<act::ListenBegin, act::ListenEnd, act::HistoryRead, act::HistoryExport, act::ContactsRead,
                 act::ContactsImport, act::ContactsExport, act::ContactsClear, act::TokenCreate,
                 act::TokenRead, act::TokenDelete, act::TokenList, act::Erase, act::Backup>;

/// Keeps who did what. Thread-safe, and never waits.
class Audit {
  public:
    virtual ~Audit() = default;
    virtual void note(const Actor& actor, const Act& act) = 0;
    /// False: nobody reads what is noted, so nothing need be found out for it.
    virtual bool is_kept() const { return true; }
};

/// Where none is wanted.
class NoAudit final : public Audit {
  public:
    void note(const Actor&, const Act&) override {}
    bool is_kept() const override { return false; }
};

}  // namespace callboard
