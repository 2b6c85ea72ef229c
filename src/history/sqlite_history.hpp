#pragma once

#include <filesystem>

#include "history/store.hpp"

namespace callboard {

/// The history in one SQLite file, for a single process.
class SqliteHistory final : public HistoryStore {
  public:
    /// Makes the file when there is none. A damaged one is moved aside, with an error in the log: the history
    /// is then made again from what the journal still has. Error: it cannot be opened, or is of a newer
    /// version, and what to do.
    static Result<std::unique_ptr<SqliteHistory>> open(const std::filesystem::path& file);

    Result<std::unique_ptr<HistoryWriter>> writer() override;
    Result<std::unique_ptr<HistoryReader>> reader() override;

    /// What a damaged file is called afterwards.
    static constexpr const char* kSetAside = ".damaged";
    static constexpr int kFormat = 1;

  private:
    explicit SqliteHistory(std::filesystem::path file) : file_(std::move(file)) {}
    std::filesystem::path file_;
};

}  // namespace callboard
