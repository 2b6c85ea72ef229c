#pragma once

#include <filesystem>
#include <memory>

#include "api/token_store.hpp"
#include "base/result.hpp"

namespace callboard {

/// The folder that everything lasting is in, and its files.
struct DataDir {
    std::filesystem::path path;

    std::filesystem::path journal() const { return path / "journal.db"; }
    std::filesystem::path history() const { return path / "history.db"; }
    std::filesystem::path tokens() const { return path / "tokens.db"; }
    std::filesystem::path sessions() const { return path / "sessions.db"; }
    std::filesystem::path key() const { return path / "key"; }

    /// Makes the folder, with those above it, when there is none; only its owner may enter it. Error: it
    /// cannot be made, or this user may not write there.
    Result<void> prepare() const;
    /// Opens the tokens, also while a server runs on them. `clock` must outlive the store.
    Result<std::unique_ptr<TokenStore>> open_tokens(const Clock& clock) const;
};

}  // namespace callboard
