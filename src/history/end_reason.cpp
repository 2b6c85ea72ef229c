#include "history/end_reason.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace callboard {
namespace {

enum class Reason { none, busy, rejected, unanswered, gave_up, elsewhere, failed };

/// The number that `text` begins with; 0 when it begins with none.
int leading_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? number : 0;
}

Reason reason_of_status(int status) {
    switch (status) {
        case 486:
        case 600:
            return Reason::busy;
        case 603:
        case 607:
        case 608:
            return Reason::rejected;
        case 408:
        case 480:
            return Reason::unanswered;
        case 487:
            return Reason::gave_up;
        default:
            return Reason::failed;
    }
}

/// ITU-T Q.850 table 1.
Reason reason_of_cause(int cause) {
    switch (cause) {
        case 17:
            return Reason::busy;
        case 21:
            return Reason::rejected;
        case 18:
        case 19:
            return Reason::unanswered;
        case 0:
        case 16:
        case 31:
            return Reason::gave_up;
        case 26:
            return Reason::elsewhere;
        default:
            return Reason::failed;
    }
}

constexpr std::array<std::pair<std::string_view, Reason>, 9> kWords = {{
    {"Call completed elsewhere", Reason::elsewhere},
    {"LOSE_RACE", Reason::elsewhere},
    {"PICKED_OFF", Reason::elsewhere},
    {"USER_BUSY", Reason::busy},
    {"CALL_REJECTED", Reason::rejected},
    {"NO_ANSWER", Reason::unanswered},
    {"NO_USER_RESPONSE", Reason::unanswered},
    {"ORIGINATOR_CANCEL", Reason::gave_up},
    {"NORMAL_CLEARING", Reason::gave_up},
}};

Reason reason_of(std::string_view text) {
    if (text.empty()) return Reason::none;
    constexpr std::string_view kCause = "cause=";
    if (text.starts_with("Q.850"))
        if (const auto at = text.find(kCause); at != std::string_view::npos)
            return reason_of_cause(leading_number(text.substr(at + kCause.size())));
    if (const int status = leading_number(text); status >= 300 && status <= 699)
        return reason_of_status(status);
    if (text.starts_with("SIP") && text.find(";cause=200") != std::string_view::npos)
        return Reason::elsewhere;  // RFC 3326 §2
    const auto* const word = std::find_if(
        kWords.begin(), kWords.end(), [text](const auto& known) { return text.starts_with(known.first); });
    return word != kWords.end() ? word->second : Reason::none;
}

}  // namespace

CallOutcome outcome_of_unanswered(std::string_view reason, bool incoming) {
    switch (reason_of(reason)) {
        case Reason::busy:
            return CallOutcome::busy;
        case Reason::rejected:
            return CallOutcome::rejected;
        case Reason::unanswered:
            return CallOutcome::missed;
        case Reason::elsewhere:
            return CallOutcome::transferred;
        case Reason::failed:
            return CallOutcome::failed;
        case Reason::none:
        case Reason::gave_up:
            break;
    }
    return incoming ? CallOutcome::missed : CallOutcome::abandoned;
}

CallOutcome outcome_of_cancelled_visit(std::string_view reason) {
    return reason == "TIMEOUT" || reason == "NO_AGENT_TIMEOUT" ? CallOutcome::no_agent
                                                               : CallOutcome::abandoned;
}

}  // namespace callboard
