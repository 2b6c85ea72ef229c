#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "delivery/access.hpp"
#include "hub/announcement.hpp"

namespace callboard {

/// A subscription that is being read: a token that is in force, and what it covers.
struct Covered {
    std::string token;
    Grant grant;
    Sequence start = 0;  ///< only what comes after this
};

/// One event under one token. A session gets an event once for each of its tokens that covers it.
struct Told {
    Announced event;
    const std::string* token = nullptr;  ///< of a Covered that outlives this
    bool masked = false;                 ///< as its grant

    /// As the token reads it.
    const Encoded& encoded() const { return event->encoded(masked); }
};

/// What a session gets of `events` behind `after`: in their order, each under its tokens in the order of
/// `covered`. Pure.
std::vector<Told> told(std::span<const Announced> events, std::span<const Covered> covered, Sequence after);

/// Puts what was told token by token into the order of told(). Pure.
void put_in_order(std::vector<Told>& all);

/// Cuts off what is more than `most`, between two events. The sequence of the last event that is left;
/// nothing when everything fits. `most` is at least the number of tokens. Pure.
std::optional<Sequence> cut(std::vector<Told>& all, std::size_t most);

}  // namespace callboard
