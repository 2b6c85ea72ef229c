#include "net/url_template.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"

namespace callboard {
namespace {

using Placeholders = std::span<const std::string_view>;

/// The placeholder at the front of `text`; the end when there is none.
Placeholders::iterator placeholder_at(std::string_view text, Placeholders known) {
    return std::find_if(known.begin(), known.end(),
                        [text](std::string_view one) { return text.starts_with(one); });
}

/// Host and port, with a user before them if there is one; empty when the scheme is another.
std::string_view authority_of(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (equals_ignoring_case(url.substr(0, scheme.size()), scheme)) {
            url.remove_prefix(scheme.size());
            return url.substr(0, url.find_first_of("/?#"));
        }
    return {};
}

/// The first `*WORD*` in capitals that is no placeholder; empty when there is none.
std::string_view unknown_placeholder(std::string_view url, Placeholders known) {
    for (std::size_t at = url.find('*'); at != std::string_view::npos; at = url.find('*', at + 1)) {
        if (const auto found = placeholder_at(url.substr(at), known); found != known.end()) {
            at += found->size() - 1;
            continue;
        }
        const std::size_t end = url.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", at + 1);
        if (end != std::string_view::npos && end > at + 1 && url[end] == '*')
            return url.substr(at, end + 1 - at);
    }
    return {};
}

}  // namespace

std::optional<std::string> UrlTemplate::wrong(std::string_view url) const {
    const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 127; });
    const std::string_view authority = authority_of(url);
    if (!printable || authority.empty() || url.size() > kLongest)
        return fmt::format("has to be a URL of at most {} characters of ASCII, as in {}", kLongest, example);
    if (authority.find('@') != std::string_view::npos)
        return fmt::format("must not have a user in it; {}", instead_of_user);
    if (authority.find('*') != std::string_view::npos || host_of(url).empty())
        return "has to name its host; placeholders come behind it";
    if (const auto unknown = unknown_placeholder(url, placeholders); !unknown.empty())
        return fmt::format("has no placeholder {}; there are {} and {}", unknown,
                           fmt::join(placeholders.first(placeholders.size() - 1), ", "), placeholders.back());
    return std::nullopt;
}

std::string UrlTemplate::filled(std::string_view url,
                                const std::function<std::string_view(std::size_t)>& value) const {
    std::string out;
    out.reserve(url.size() + 64);
    while (!url.empty()) {
        if (const auto known = placeholder_at(url, placeholders); known != placeholders.end()) {
            out += percent_encoded(value(static_cast<std::size_t>(known - placeholders.begin())));
            url.remove_prefix(known->size());
        } else {
            const std::size_t end = std::min(url.find('*', 1), url.size());
            out += url.substr(0, end);
            url.remove_prefix(end);
        }
    }
    return out;
}

std::string host_of(std::string_view url) {
    std::string_view host = authority_of(url);
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? std::string() : lowered(std::string(host.substr(1, end - 1)));
    }
    return lowered(std::string(host.substr(0, host.rfind(':'))));
}

}  // namespace callboard
