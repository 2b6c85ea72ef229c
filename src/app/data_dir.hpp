#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "api/token_store.hpp"
#include "base/result.hpp"

namespace callboard {

/// The folder that everything lasting is in, and its files.
struct DataDir {
    std::filesystem::path path;

    std::filesystem::path journal() const { return path / "journal.db"; }
    std::filesystem::path history() const { return path / "history.db"; }
    std::filesystem::path contacts() const { return path / "contacts.db"; }
    std::filesystem::path tokens() const { return path / "tokens.db"; }
    std::filesystem::path sessions() const { return path / "sessions.db"; }
    std::filesystem::path webhooks() const { return path / "webhooks.db"; }
    /// How far the source of that name has come with its event service.
    std::filesystem::path ovh_place(const std::string& source) const {
        return path / ("ovh-" + source + ".place");
    }
    std::filesystem::path key() const { return path / "key"; }

    /// Makes the folder, with those above it, when there is none; only its owner may enter it. Error: it
    /// cannot be made, or this user may not write there.
    Result<void> prepare() const;
    /// Gives what root has made here to the owner of the folder, who has to read it. For anybody else nothing
    /// is to be done.
    void give_to_owner() const;
    /// Opens the tokens, also while a server runs on them. `clock` must outlive the store.
    Result<std::unique_ptr<TokenStore>> open_tokens(const Clock& clock) const;
};

}  // namespace callboard
