#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "delivery/webhook/courier.hpp"
#include "event/directory.hpp"

namespace callboard {

/// A webhook as the API shows it: everything but its secrets. Pure, as the others.
std::string webhook_json(const webhook::View& view);
/// An entry of its log.
std::string delivery_json(const webhook::Attempt& attempt);
std::string deliveries_json(std::span<const webhook::Attempt> attempts, bool more);

/// What `POST /api/webhooks` asks for. Error: which member is wrong, and how it has to be.
Result<webhook::Webhook> parse_webhook(std::string_view body, const Directory& directory);

}  // namespace callboard
