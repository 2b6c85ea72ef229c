#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/api_keys.hpp"
#include "base/clock.hpp"
#include "event/directory.hpp"

namespace callboard::ovh_rest {

// The objects of OVH's API that clients read, as JSON. Members that this installation knows nothing about
// (prices, offers, contracts) have the value that says so.

/// `["ba-demo","ba-2"]`
std::string names_json(const std::vector<std::string_view>& names);
/// `telephony.BillingAccount`
std::string billing_account_json(const Account& account);
/// `telephony.TelephonyService`
std::string service_json(const Service& service);
/// `telephony.Line`
std::string line_json(const Service& line);
/// `nichandle.Nichandle`, of the installation itself. `region`: ISO 3166, `FR`.
std::string me_json(std::string_view region);
/// `api.Credential`. `application` and `credential` are hashed into the numbers that OVH's ids are; `*` as a
/// method becomes the four that OVH has.
std::string credential_json(std::string_view application, std::string_view credential,
                            const std::vector<AccessRule>& rules, Time created);
/// `auth.Details`
std::string details_json(std::string_view description);

}  // namespace callboard::ovh_rest
