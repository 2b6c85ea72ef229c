#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace callboard::webhook {

/// Whom to tell what, and how. A value.
struct Webhook {
    enum class Method { get, post };

    std::string id;  ///< stays the same: of a configured one its name, else made up
    std::string name;
    std::string account;              ///< told of all its services; or, when this is empty,
    std::string service;              ///< of this number alone
    std::vector<std::string> events;  ///< names; `*` is every event
    std::string url;                  ///< with placeholders: see url_template.hpp
    Method method = Method::get;
    Secret secret;           ///< signs what is posted; never empty with Method::post
    Secret previous_secret;  ///< signs beside it while receivers learn the new one; or empty
    bool configured = false;

    bool wants(std::string_view event) const {
        return std::any_of(events.begin(), events.end(),
                           [&](const std::string& one) { return one == "*" || one == event; });
    }
    bool concerns(std::string_view of_account, std::string_view ressource) const {
        return service.empty() ? of_account == account : ressource == service;
    }
    /// Whether it would tell the same things to the same place in the same way.
    bool same(const Webhook& other) const {
        return name == other.name && account == other.account && service == other.service &&
               events == other.events && url == other.url && method == other.method &&
               configured == other.configured && secret.equals(other.secret.reveal()) &&
               previous_secret.equals(other.previous_secret.reveal());
    }
};

/// `GET`, `POST`.
inline std::string_view text_of(Webhook::Method method) {
    return method == Webhook::Method::post ? "POST" : "GET";
}

/// Nothing when `event` may be asked for, `*` or 1 to 64 of a-z A-Z 0-9 - _ ., else the sentence of
/// the error. Systems of one's own tell events with names of their own.
inline std::optional<std::string> wrong_event(std::string_view event) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    if (event == "*") return std::nullopt;
    if (!event.empty() && event.size() <= 64 && std::all_of(event.begin(), event.end(), fits))
        return std::nullopt;
    return "\"" + std::string(event) +
           "\" has to be the name of an event, as in start_ringing, or \"*\" for all";
}

/// Most of one installation, configured and made through the API together: each has its own
/// share of connections, so that none waits for another.
inline constexpr std::size_t kMostWebhooks = 64;

}  // namespace callboard::webhook
