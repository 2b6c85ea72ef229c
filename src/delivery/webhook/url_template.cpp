#include "delivery/webhook/url_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace callboard::webhook {
namespace {

constexpr std::array<std::pair<std::string_view, std::string Message::*>, 7> kPlaceholders = {{
    {"*CALLING*", &Message::calling},
    {"*CALLED*", &Message::called},
    {"*DIALED*", &Message::dialed},
    {"*EVENT*", &Message::event},
    {"*QUEUE*", &Message::queue},
    {"*AGENT*", &Message::agent},
    {"*CALLID*", &Message::call_id},
}};

/// The placeholder at the front of `text`, or null.
const std::pair<std::string_view, std::string Message::*>* placeholder_at(std::string_view text) {
    const auto found = std::find_if(kPlaceholders.begin(), kPlaceholders.end(),
                                    [text](const auto& one) { return text.starts_with(one.first); });
    return found == kPlaceholders.end() ? nullptr : &*found;
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
std::string_view unknown_placeholder(std::string_view url) {
    for (std::size_t at = url.find('*'); at != std::string_view::npos; at = url.find('*', at + 1)) {
        if (const auto* known = placeholder_at(url.substr(at))) {
            at += known->first.size() - 1;
            continue;
        }
        const std::size_t end = url.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at + 1);
        if (end != std::string_view::npos && end > at + 1 && url[end] == '*')
            return url.substr(at, end + 1 - at);
    }
    return {};
}

}  // namespace

std::optional<std::string> wrong_template(std::string_view url) {
    const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 127; });
    const std::string_view authority = authority_of(url);
    if (!printable || authority.empty() || url.size() > kLongestUrl)
        return fmt::format(
            "has to be a URL of at most {} characters of ASCII, as in "
            "https://crm.example/call?from=*CALLING*",
            kLongestUrl);
    if (authority.find('@') != std::string_view::npos)
        return "must not have a user in it; give the receiver a secret instead, which signs what is posted";
    if (authority.find('*') != std::string_view::npos || host_of(url).empty())
        return "has to name its host; placeholders come behind it";
    if (const auto unknown = unknown_placeholder(url); !unknown.empty())
        return fmt::format(
            "has no placeholder {}; there are *CALLING*, *CALLED*, *DIALED*, *EVENT*, *QUEUE*, "
            "*AGENT* and *CALLID*",
            unknown);
    return std::nullopt;
}

std::string filled(std::string_view url, const Message& message) {
    std::string out;
    out.reserve(url.size() + 64);
    while (!url.empty()) {
        if (const auto* known = placeholder_at(url)) {
            out += percent_encoded(message.*known->second);
            url.remove_prefix(known->first.size());
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

}  // namespace callboard::webhook
