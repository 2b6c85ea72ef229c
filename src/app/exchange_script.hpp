#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace callboard {

/// What an exchange of the demo says: answers to commands, and recorded conversations. demo/README.md has the
/// format.
struct ExchangeScript {
    struct Said {
        Duration at{};     ///< since the conversation's beginning
        std::string text;  ///< `Name: value` lines, each with its newline
    };
    struct Conversation {
        Time began{};  ///< when it was recorded
        std::vector<Said> said;
    };
    /// By command; the first that a command begins with counts.
    std::vector<std::pair<std::string, std::string>> answers;
    std::vector<Conversation> conversations;  ///< none is empty

    /// Error `invalid`: what is wrong, in which line.
    static Result<ExchangeScript> read(std::string_view text);

    /// The text for `command`; nullptr when it has none.
    const std::string* answer_to(std::string_view command) const;
};

/// Recorded lines as they would be said now, `later` than they were: points in time move, and what has to be
/// unlike in each round (unique ids) becomes so by `round`.
std::string freeswitch_lines(std::string_view text, Duration later, unsigned round);
std::string asterisk_lines(std::string_view text, Duration later);

}  // namespace callboard
