#include "api/api_keys.hpp"

#include <algorithm>

namespace callboard {
namespace {

/// `*` stands for any bytes, none too. Goes back to the last `*` alone: time grows with pattern × text.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

/// A path that a reader could take for another one: escapes that need none, `.` and `..`, empty segments
/// before the end.
bool is_ambiguous(std::string_view path) {
    if (!path.starts_with('/')) return true;
    for (std::size_t at = 1; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view segment = path.substr(at, end - at);
        if (segment.empty() || segment == "." || segment == "..") return true;
        at = end + 1;
    }
    return path.find_first_of("%\\?#;") != std::string_view::npos;
}

}  // namespace

bool AccessRule::allows(std::string_view called_method, std::string_view called_path) const {
    if (method != "*" && method != called_method) return false;
    return !is_ambiguous(called_path) && matches(path, called_path);
}

const ApiKey* ApiKeys::find(std::string_view key) const {
    const ApiKey* found = nullptr;
    for (const ApiKey& known : keys_)
        if (known.key.equals(key) && !known.key.empty()) found = &known;
    return found;
}

ApiKeys::Verdict ApiKeys::check(std::string_view key, std::string_view method, std::string_view path) const {
    const ApiKey* const found = find(key);
    if (found == nullptr) return Verdict::unknown;
    const bool allowed = std::any_of(found->allow.begin(), found->allow.end(),
                                     [&](const AccessRule& rule) { return rule.allows(method, path); });
    return allowed ? Verdict::allowed : Verdict::forbidden;
}

}  // namespace callboard
