#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "history/query.hpp"

namespace callboard {

/// How a store writes what its databases do not have in common.
struct SqlDialect {
    char mark;                  ///< in front of the number of a parameter
    std::string_view no_index;  ///< in front of a column whose index is not to be used
    /// A condition that one of the numbers in `list` (parameters by comma) is a party.
    std::string (*any_party)(const std::string& list);
};

/// Which rows a query means, in SQL: a condition, and the texts of its parameters 1, 2 … in order.
struct CountWhere {
    std::string sql;
    std::vector<std::string> texts;
};

/// Nothing of `agent_of_service` is in it: that is more than SQL can tell. Pure.
CountWhere count_where(const HistoryQuery& query, const SqlDialect& dialect);

}  // namespace callboard
