#pragma once

#include <memory>

#include "app/config.hpp"
#include "app/data_dir.hpp"
#include "history/store.hpp"

namespace callboard {

/// Where the configuration says that the history is kept: a file in data_dir, or a database, which is not
/// connected to yet. Error: the file cannot be used.
Result<std::unique_ptr<HistoryStore>> open_history(const Config& config, const DataDir& data);

}  // namespace callboard
