#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"

namespace callboard {

/// Reads `50s`, `90d`, `500ms`, `12h`, `5m`: a whole number and a unit. Nothing when it is none.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A value and the line that it stands in.
template <typename T>
struct Placed {
    T value{};
    std::size_t line = 0;
};

/// Reads one table of a configuration key by key and remembers which keys it was asked for. What is wrong
/// goes to the errors, with its line, and reads as absent. One thread.
class TableReader {
  public:
    /// `path`: the table's name in errors, empty for the file itself. All must outlive the reader.
    TableReader(const toml::table& table, std::string path, const std::filesystem::path& folder,
                ConfigErrors& errors);

    enum class Need { optional, required };

    std::optional<Placed<std::string>> text(std::string_view key, Need need = Need::optional);
    std::optional<Placed<std::int64_t>> integer(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<Placed<std::chrono::milliseconds>> duration(std::string_view key,
                                                              std::chrono::milliseconds least,
                                                              std::chrono::milliseconds most,
                                                              std::string_view range);
    /// A string, `{ file = "…" }` or `{ env = "…" }`; never empty.
    std::optional<Placed<Secret>> secret(std::string_view key, Need need = Need::optional);
    std::vector<Placed<std::string>> texts(std::string_view key, Need need = Need::optional);
    /// One of a few words.
    std::optional<std::string> choice(std::string_view key, std::initializer_list<std::string_view> words,
                                      Need need = Need::optional);
    /// `[key]`; nothing when absent.
    std::optional<TableReader> table(std::string_view key);
    /// Each `[[key]]`.
    std::vector<TableReader> tables(std::string_view key);

    bool has(std::string_view key) const { return table_->contains(key); }
    /// Notes that the key is known and that this version cannot do it yet.
    void unsupported(std::string_view key, std::string_view what);
    /// Every key that was not asked for is an error, with the nearest that was.
    void finish();

    void error(std::size_t line, std::string_view key, std::string sentence);
    std::size_t line() const { return line_; }

  private:
    const toml::node* find(std::string_view key, Need need, std::string_view kind);
    const toml::node* wrong_kind(const toml::node& node, std::string_view key, std::string_view wanted);
    std::optional<Secret> secret_elsewhere(const toml::table& place, std::string_view key, std::size_t line);
    std::string full(std::string_view key) const;

    const toml::table* table_;
    std::string path_;
    const std::filesystem::path* folder_;
    ConfigErrors* errors_;
    std::size_t line_;
    std::vector<std::string> known_;
};

}  // namespace callboard
