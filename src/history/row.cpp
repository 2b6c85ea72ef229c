#include "history/row.hpp"

#include <algorithm>

namespace callboard {
namespace {

constexpr std::array<std::string_view, kCallOutcomes> kOutcomes = {
    "in_progress", "answered", "missed",      "busy",   "rejected",
    "abandoned",   "no_agent", "transferred", "failed", "unknown"};

}  // namespace

std::string_view text_of(CallOutcome outcome) { return kOutcomes.at(static_cast<std::size_t>(outcome)); }

std::optional<CallOutcome> call_outcome_from(std::string_view text) {
    const auto* const found = std::find(kOutcomes.begin(), kOutcomes.end(), text);
    if (found == kOutcomes.end()) return std::nullopt;
    return static_cast<CallOutcome>(found - kOutcomes.begin());
}

bool is_lost(const HistoryRow& row) {
    if (!row.incoming || row.answered) return false;
    switch (row.outcome) {
        case CallOutcome::missed:
        case CallOutcome::busy:
        case CallOutcome::rejected:
        case CallOutcome::abandoned:
        case CallOutcome::no_agent:
        case CallOutcome::failed:
            return true;
        default:
            return false;
    }
}

}  // namespace callboard
