#include "history/row_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace callboard {
namespace {

std::string_view cut(std::string_view& rest, char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
}

std::int64_t number(std::string_view digits) { return number_in<std::int64_t>(digits).value_or(0); }

}  // namespace

std::int64_t stored_time(const std::optional<Time>& time) {
    return time ? nanoseconds_since_epoch(*time) : 0;
}

std::optional<Time> time_from_stored(std::int64_t stored) {
    return stored == 0 ? std::nullopt : std::optional(time_from_nanoseconds(stored));
}

std::string packed_offers(const std::vector<AgentOffer>& offers) {
    std::string packed;
    for (const AgentOffer& offer : offers) {
        for (const char c : offer.agent) packed += c == '\t' || c == '\n' ? ' ' : c;
        fmt::format_to(std::back_inserter(packed), "\t{}\t{}\t{}\n", stored_time(offer.at),
                       stored_time(offer.ended), offer.answered ? 1 : 0);
    }
    return packed;
}

std::vector<AgentOffer> unpacked_offers(std::string_view packed) {
    std::vector<AgentOffer> offers;
    while (!packed.empty()) {
        std::string_view one = cut(packed, '\n');
        AgentOffer offer;
        offer.agent = cut(one, '\t');
        offer.at = time_from_nanoseconds(number(cut(one, '\t')));
        offer.ended = time_from_stored(number(cut(one, '\t')));
        offer.answered = one == "1";
        offers.push_back(std::move(offer));
    }
    return offers;
}

void set_shape(HistoryRow& row, std::int64_t row_class, std::int64_t stage) {
    row.kind = row_class >= 32 ? HistoryRow::Kind::visit : HistoryRow::Kind::call;
    row.incoming = (row_class & 16) != 0;
    const auto outcome = static_cast<std::size_t>(row_class & 15);
    row.outcome = outcome < kCallOutcomes ? static_cast<CallOutcome>(outcome) : CallOutcome::unknown;
    row.stage = stage == 1   ? HistoryRow::Stage::open
                : stage == 2 ? HistoryRow::Stage::may_go_on
                             : HistoryRow::Stage::closed;
}

}  // namespace callboard
