#include "app/config_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>

namespace callboard {
namespace {

constexpr std::size_t kLongestSecret = 4'096;

std::size_t line_of(const toml::node& node) {
    const auto line = node.source().begin.line;
    return line == 0 ? 1 : line;
}

/// How many letters must change to make one word of the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
        }
    }
    return row.back();
}

/// The known word that was probably meant; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto& candidate : known)
        if (const std::size_t d = distance(word, candidate); d < least) {
            least = d;
            best = candidate;
        }
    return best;
}

std::string list_of(std::initializer_list<std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; const auto word : words) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += fmt::format("\"{}\"", word);
        ++i;
    }
    return out;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    using namespace std::chrono;
    std::int64_t count = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failed != std::errc{} || count < 0 || count > 1'000'000'000) return std::nullopt;
    const std::string_view unit(end, text.data() + text.size());
    if (unit == "ms") return milliseconds(count);
    if (unit == "s") return seconds(count);
    if (unit == "m") return minutes(count);
    if (unit == "h") return hours(count);
    if (unit == "d") return hours(24 * count);
    return std::nullopt;
}

TableReader::TableReader(const toml::table& table, std::string path, const std::filesystem::path& folder,
                         ConfigErrors& errors)
    : table_(&table), path_(std::move(path)), folder_(&folder), errors_(&errors), line_(line_of(table)) {}

std::string TableReader::full(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void TableReader::error(std::size_t line, std::string_view key, std::string sentence) {
    errors_->push_back({line, full(key), std::move(sentence)});
}

const toml::node* TableReader::find(std::string_view key, Need need, std::string_view kind) {
    known_.emplace_back(key);
    const toml::node* node = table_->get(key);
    if (node == nullptr && need == Need::required)
        error(line_, key, fmt::format("is missing; it is {}", kind));
    return node;
}

const toml::node* TableReader::wrong_kind(const toml::node& node, std::string_view key,
                                          std::string_view wanted) {
    error(line_of(node), key, fmt::format("has to be {}", wanted));
    return nullptr;
}

std::optional<Placed<std::string>> TableReader::text(std::string_view key, Need need) {
    const auto* node = find(key, need, "a text in quotes");
    if (node == nullptr) return std::nullopt;
    const auto* value = node->as_string();
    if (value == nullptr) return wrong_kind(*node, key, "a text in quotes"), std::nullopt;
    if (value->get().empty()) return error(line_of(*node), key, "must not be empty"), std::nullopt;
    return Placed<std::string>{value->get(), line_of(*node)};
}

std::optional<Placed<std::int64_t>> TableReader::integer(std::string_view key, std::int64_t least,
                                                         std::int64_t most) {
    const std::string kind = fmt::format("a whole number from {} to {}", least, most);
    const auto* node = find(key, Need::optional, kind);
    if (node == nullptr) return std::nullopt;
    const auto* value = node->as_integer();
    if (value == nullptr || value->get() < least || value->get() > most)
        return wrong_kind(*node, key, kind), std::nullopt;
    return Placed<std::int64_t>{value->get(), line_of(*node)};
}

std::optional<Placed<std::chrono::milliseconds>> TableReader::duration(std::string_view key,
                                                                       std::chrono::milliseconds least,
                                                                       std::chrono::milliseconds most,
                                                                       std::string_view range) {
    constexpr std::string_view kind = "a duration such as \"50s\", \"5m\", \"12h\" or \"90d\"";
    const auto* node = find(key, Need::optional, kind);
    if (node == nullptr) return std::nullopt;
    const auto* value = node->as_string();
    const auto duration = value == nullptr ? std::nullopt : parse_duration(value->get());
    if (!duration) return wrong_kind(*node, key, kind), std::nullopt;
    if (*duration < least || *duration > most)
        return error(line_of(*node), key, fmt::format("has to be {}", range)), std::nullopt;
    return Placed<std::chrono::milliseconds>{*duration, line_of(*node)};
}

std::optional<Secret> TableReader::secret_elsewhere(const toml::table& place, std::string_view key,
                                                    std::size_t line) {
    const auto file = place["file"].value<std::string>();
    const auto env = place["env"].value<std::string>();
    if (place.size() != 1 || (!file && !env)) {
        error(line, key, "has to be a text, { file = \"…\" } or { env = \"…\" }");
        return std::nullopt;
    }
    if (env) {
        const char* value = std::getenv(env->c_str());
        if (value != nullptr && *value != '\0') return Secret(value);
        error(line, key,
              fmt::format("the environment has no {}; set it, or give the secret as a file", *env));
        return std::nullopt;
    }
    const auto path = *folder_ / *file;
    std::ifstream in(path, std::ios::binary);
    std::string content(kLongestSecret + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(in.bad() ? 0 : static_cast<std::size_t>(in.gcount()));
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
    if (!content.empty() && content.size() <= kLongestSecret) return Secret(std::move(content));
    error(line, key,
          fmt::format("{} cannot be read as a secret; it has to be a readable file of 1 to {} bytes",
                      path.string(), kLongestSecret));
    return std::nullopt;
}

std::optional<Placed<Secret>> TableReader::secret(std::string_view key, Need need) {
    constexpr std::string_view kind = "a text, { file = \"…\" } or { env = \"…\" }";
    const auto* node = find(key, need, kind);
    if (node == nullptr) return std::nullopt;
    if (const auto* place = node->as_table()) {
        auto found = secret_elsewhere(*place, key, line_of(*node));
        if (!found) return std::nullopt;
        return Placed<Secret>{*std::move(found), line_of(*node)};
    }
    const auto* value = node->as_string();
    if (value == nullptr) return wrong_kind(*node, key, kind), std::nullopt;
    if (value->get().empty()) return error(line_of(*node), key, "must not be empty"), std::nullopt;
    return Placed<Secret>{Secret(value->get()), line_of(*node)};
}

std::vector<Placed<std::string>> TableReader::texts(std::string_view key, Need need) {
    constexpr std::string_view kind = "a list of texts, [\"…\", \"…\"]";
    const auto* node = find(key, need, kind);
    if (node == nullptr) return {};
    const auto* array = node->as_array();
    if (array == nullptr) return wrong_kind(*node, key, kind), std::vector<Placed<std::string>>{};
    std::vector<Placed<std::string>> out;
    for (const auto& element : *array) {
        const auto* value = element.as_string();
        if (value == nullptr)
            wrong_kind(element, key, kind);
        else if (value->get().empty())
            error(line_of(element), key, "must not hold an empty text");
        else
            out.push_back({value->get(), line_of(element)});
    }
    if (array->empty() && need == Need::required) error(line_of(*node), key, "must not be empty");
    return out;
}

std::optional<std::string> TableReader::choice(std::string_view key,
                                               std::initializer_list<std::string_view> words, Need need) {
    const std::string kind = list_of(words);
    const auto* node = find(key, need, kind);
    if (node == nullptr) return std::nullopt;
    const auto* value = node->as_string();
    if (value == nullptr || std::find(words.begin(), words.end(), value->get()) == words.end())
        return wrong_kind(*node, key, kind), std::nullopt;
    return value->get();
}

std::optional<TableReader> TableReader::table(std::string_view key) {
    const auto* node = find(key, Need::optional, "a table");
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_table()) return TableReader(*value, full(key), *folder_, *errors_);
    wrong_kind(*node, key, fmt::format("a table, [{}]", full(key)));
    return std::nullopt;
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
    const auto* node = find(key, Need::optional, "a list of tables");
    std::vector<TableReader> out;
    if (node == nullptr) return out;
    const auto* array = node->as_array();
    const std::string kind = fmt::format("a list of tables, [[{}]]", full(key));
    if (array == nullptr) return wrong_kind(*node, key, kind), out;
    for (const auto& element : *array) {
        if (const auto* value = element.as_table())
            out.emplace_back(*value, full(key), *folder_, *errors_);
        else
            wrong_kind(element, key, kind);
    }
    return out;
}

void TableReader::unsupported(std::string_view key, std::string_view what) {
    const auto* node = table_->get(key);
    error(node == nullptr ? line_ : line_of(*node), key,
          fmt::format("{} not supported by this version", what));
}

void TableReader::finish() {
    for (const auto& [key, node] : *table_) {
        const std::string_view name = key.str();
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        const std::string meant = nearest(name, known_);
        const auto line = key.source().begin.line;
        error(line == 0 ? line_of(node) : line, name,
              meant.empty() ? "is not a key that this place has"
                            : fmt::format("is not a key that this place has; did you mean \"{}\"?", meant));
    }
}

}  // namespace callboard
