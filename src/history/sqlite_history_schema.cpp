#include "history/sqlite_history_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "history/query.hpp"

namespace callboard {
namespace {

std::int64_t stored(const std::optional<Time>& time) { return time ? nanoseconds_since_epoch(*time) : 0; }

std::optional<Time> time_of(std::int64_t stored) {
    return stored == 0 ? std::nullopt : std::optional(time_from_nanoseconds(stored));
}

/// Null when empty.
std::string_view text(std::string_view value) { return value.empty() ? std::string_view() : value; }

std::string_view cut(std::string_view& rest, char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
}

std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

std::string packed_offers(const std::vector<AgentOffer>& offers) {
    std::string packed;
    for (const AgentOffer& offer : offers) {
        for (const char c : offer.agent) packed += c == '\t' || c == '\n' ? ' ' : c;
        fmt::format_to(std::back_inserter(packed), "\t{}\t{}\t{}\n", stored(offer.at), stored(offer.ended),
                       offer.answered ? 1 : 0);
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
        offer.ended = time_of(number(cut(one, '\t')));
        offer.answered = one == "1";
        offers.push_back(std::move(offer));
    }
    return offers;
}

void bind_row(sqlite::Statement& statement, const HistoryRow& row, std::string_view offers) {
    int at = 0;
    for (const std::int64_t value :
         {stored(row.started), std::int64_t{class_of(row)}, static_cast<std::int64_t>(row.stage)})
        statement.bind(++at, value);
    for (const std::string* member : {&row.account, &row.call_id, &row.line, &row.queue, &row.agent,
                                      &row.calling, &row.called, &row.dialed, &row.name, &row.cause})
        statement.bind(++at, text(*member));
    for (const std::int64_t value :
         {stored(row.rang), stored(row.answered), stored(row.ended), std::int64_t{row.waited.count()},
          std::int64_t{row.talked.count()}, stored(row.parent)})
        statement.bind(++at, value);
    statement.bind(++at, text(offers));
}

HistoryRow row_of(const sqlite::Statement& statement) {
    HistoryRow row;
    int at = 0;
    row.started = time_from_nanoseconds(statement.integer(at++));
    const auto shape = statement.integer(at++);
    row.kind = shape >= 32 ? HistoryRow::Kind::visit : HistoryRow::Kind::call;
    row.incoming = (shape & 16) != 0;
    const auto outcome = static_cast<std::size_t>(shape & 15);
    row.outcome = outcome < kCallOutcomes ? static_cast<CallOutcome>(outcome) : CallOutcome::unknown;
    const auto stage = statement.integer(at++);
    row.stage = stage == 1   ? HistoryRow::Stage::open
                : stage == 2 ? HistoryRow::Stage::may_go_on
                             : HistoryRow::Stage::closed;
    for (std::string* member : {&row.account, &row.call_id, &row.line, &row.queue, &row.agent, &row.calling,
                                &row.called, &row.dialed, &row.name, &row.cause})
        *member = statement.blob(at++);
    row.rang = time_of(statement.integer(at++));
    row.answered = time_of(statement.integer(at++));
    row.ended = time_of(statement.integer(at++));
    row.waited = Duration(statement.integer(at++));
    row.talked = Duration(statement.integer(at++));
    row.parent = time_from_nanoseconds(statement.integer(at++));
    row.offers = unpacked_offers(statement.blob(at++));
    return row;
}

}  // namespace callboard
