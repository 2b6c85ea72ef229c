#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace callboard::ovh_rest {

/// What a client signs, as it was sent.
struct SignedCall {
    std::string_view method;     ///< upper case
    std::string_view target;     ///< path and query
    std::string_view host;       ///< of the header `Host`
    std::string_view body;       ///< exact bytes; empty when there is none
    std::string_view timestamp;  ///< of the header `X-Ovh-Timestamp`: seconds
};

/// `$1$` and the SHA-1 of `AS+CK+METHOD+URL+BODY+TIMESTAMP` in lower-case hexadecimal (OVH protocol §6.3).
std::string signature(const Secret& application_secret, const Secret& consumer_key, const SignedCall& call,
                      std::string_view url);

/// Every URL that a client can have meant by this call. It signs what it was configured with, which is not
/// always what arrives: libraries leave the port out, and a proxy in front ends TLS, changes `Host` or takes
/// a part of the path away. So: http and https; the `Host` header and `public_url`, with and without port;
/// `/1.0`, `/v1` and the root; with and without the path of `public_url`. No URL twice; none when the call
/// has no path.
std::vector<std::string> urls_of(const SignedCall& call, std::string_view public_url);

/// Whether `given` signs this call with one of its URLs. Always looks at all of them, and at every byte.
bool is_signed(std::string_view given, const Secret& application_secret, const Secret& consumer_key,
               const SignedCall& call, std::string_view public_url);

/// `/1.0/telephony` and `/v1/telephony` → `/telephony`; any other path as it is. `/1.0` alone → `/`.
std::string_view without_base(std::string_view path);

}  // namespace callboard::ovh_rest
