#pragma once

#include <span>
#include <string_view>

#include "hub/announcement.hpp"
#include "net/http.hpp"

namespace callboard::longpoll {

/// The whole response of version 1, for any origin: `{"Session":"…","Message":"…","Events":[…]}` (OVH
/// protocol §1.2). `masked`: as Grant.
SharedBytes answer(std::string_view session, std::string_view message, std::span<const Announced> events,
                   std::string_view token, bool masked = false);

/// The same shape for what cannot be served: no session, no events.
HttpResponse refusal(int status, std::string_view message);

inline constexpr std::string_view kTimeout = "Timeout, please reconnect";

}  // namespace callboard::longpoll
