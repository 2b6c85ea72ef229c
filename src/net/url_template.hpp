#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace callboard {

/// URLs with placeholders such as `*NUMBER*`, which an operator writes and we fill in. Pure.
struct UrlTemplate {
    std::span<const std::string_view> placeholders;  ///< `*CALLING*` …: capitals between asterisks
    std::string_view example;                        ///< a good one, for errors
    std::string_view instead_of_user;                ///< what proves who asks, for errors

    /// Nothing when `url` is one, else the sentence of the error: it has to be http or https with a host,
    /// without a user, in printable ASCII, and its placeholders behind the host.
    std::optional<std::string> wrong(std::string_view url) const;

    /// `url` with every placeholder replaced by `value` of its index, percent-encoded (RFC 3986 §2.1).
    std::string filled(std::string_view url,
                       const std::function<std::string_view(std::size_t placeholder)>& value) const;

    static constexpr std::size_t kLongest = 2'048;  ///< before it is filled
};

/// `crm.example` of `https://crm.example:8443/x`, in lower case; an address without its brackets. Empty when
/// there is none.
std::string host_of(std::string_view url);

}  // namespace callboard
