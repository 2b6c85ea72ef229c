#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "history/row.hpp"

namespace callboard {

/// Which rows of the history are meant. Empty members mean any.
struct HistoryQuery {
    std::string account;  ///< always given
    /// What a token is confined to: rows of this line or queue, and of these, of this agent (as in a Grant).
    std::string service, agent_of_service;
    /// In their canonical form; one of them in `calling`, `called` or `dialed`. At most kMostNumbers.
    std::vector<std::string> numbers;
    std::string line, queue;
    std::string agent;  ///< by name
    std::set<CallOutcome> outcomes;
    std::optional<bool> incoming;
    std::optional<HistoryRow::Kind> kind;
    Time from{};            ///< begun at or after it …
    Time to = Time::max();  ///< … and before it

    static constexpr std::size_t kMostNumbers = 50;
    /// Whether it is one of those.
    bool matches(const HistoryRow& row) const;
};

/// Whether the row is about this agent of a queue: name, number, or the id behind the last `_` of the name.
bool is_of_agent(const HistoryRow& row, std::string_view agent);

/// Kind, direction and outcome of a row in one small number, which indexes are made of.
using RowClass = int;
RowClass class_of(const HistoryRow& row);
/// Those that rows of a query may have.
std::vector<RowClass> classes_of(const HistoryQuery& query);

}  // namespace callboard
