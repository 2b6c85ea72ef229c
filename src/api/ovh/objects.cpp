#include "api/ovh/objects.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "base/text.hpp"
#include "event/json.hpp"
#include "event/numbering.hpp"

namespace callboard::ovh_rest {
namespace {

constexpr std::string_view kNoPrice = R"({"currencyCode":"EUR","text":"0.00 €","value":0})";
constexpr std::string_view kOffer = R"({"description":"","name":"callboard","price":null})";
/// How the installation names itself where OVH names its customer.
constexpr std::string_view kOurName = "callboard";

std::string json_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// `telephony.TypeEnum`: other words than `Details.Type` has.
std::string_view feature_type(ServiceType type) {
    switch (type) {
        case ServiceType::sip_line:
            return "sip";
        case ServiceType::mgcp_line:
            return "mgcp";
        case ServiceType::easy_hunting:
            return "easyHunting";
        case ServiceType::cloud_hunting:
            return "cloudHunting";
    }
    return "empty";
}

/// `telephony.TypeServiceEnum`
std::string_view service_type(const Service& service) { return service.is_queue() ? "alias" : "line"; }

/// A positive number that is always the same for a text: FNV-1a, 31 bits.
std::uint32_t number_of(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return std::max(hash & 0x7FFFFFFFU, 1U);
}

/// `2026-05-28T20:26:40+00:00`
std::string datetime(Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}+00:00", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace

std::string names_json(const std::vector<std::string_view>& names) {
    std::string out = "[";
    for (const std::string_view name : names) {
        if (out.size() > 1) out += ',';
        append_json_string(out, name);
    }
    return out += ']';
}

std::string billing_account_json(const Account& account) {
    return fmt::format(
        R"({{"allowedOutplan":{0},"billingAccount":{1},"creditThreshold":{0},"currentOutplan":{0},)"
        R"("description":{2},"hiddenExternalNumber":false,"overrideDisplayedNumber":false,)"
        R"("securityDeposit":{0},"status":"enabled","trusted":true}})",
        kNoPrice, json_text(account.id), json_text(account.description));
}

std::string service_json(const Service& service) {
    const NumberCountry country = country_of(service.number);
    return fmt::format(
        R"({{"associatedDeviceMac":null,"country":{},"countryCode":{},"currentOutplan":{},"description":{},)"
        R"("featureType":"{}","getPublicOffer":{},"hasFaxCapabilities":false,"offers":[],"properties":[],)"
        R"("rio":"","serviceName":{},"serviceType":"{}","simultaneousLines":{}}})",
        json_text(lowered(country.region)), json_text(country.code == 0 ? "" : std::to_string(country.code)),
        kNoPrice, json_text(service.description), feature_type(service.type), kOffer,
        json_text(service.number), service_type(service), service.simultaneous_lines);
}

std::string line_json(const Service& line) {
    return fmt::format(
        R"({{"canChangePassword":false,"description":{},"deviceSlot":0,"getPublicOffer":{},)"
        R"("infrastructure":"{}","isAttachedToOtherLinesPhone":false,"notifications":null,"offers":[],)"
        R"("serviceName":{},"serviceType":"{}","simultaneousLines":{}}})",
        json_text(line.description), kOffer, feature_type(line.type), json_text(line.number),
        service_type(line), line.simultaneous_lines);
}

std::string me_json(std::string_view region) {
    return fmt::format(
        R"({{"address":null,"area":null,"city":null,"corporationType":null,"country":{0},)"
        R"("currency":{{"code":"EUR","symbol":"EURO"}},"customerCode":null,"email":"","fax":null,)"
        R"("firstname":null,"language":null,"legalform":"other","name":null,"nichandle":"{1}",)"
        R"("organisation":null,"ovhCompany":"ovh","ovhSubsidiary":"EU","phone":null,"phoneCountry":null,)"
        R"("spareEmail":null,"state":"complete","vat":null,"zip":null}})",
        json_text(region), kOurName);
}

std::string credential_json(std::string_view application, std::string_view credential,
                            const std::vector<AccessRule>& rules, Time created) {
    std::string list;
    const auto add = [&list](std::string_view method, std::string_view path) {
        list +=
            fmt::format(R"({}{{"method":"{}","path":{}}})", list.empty() ? "" : ",", method, json_text(path));
    };
    for (const AccessRule& rule : rules)
        if (rule.method == "*")
            for (const std::string_view method : {"GET", "POST", "PUT", "DELETE"}) add(method, rule.path);
        else
            add(rule.method, rule.path);
    return fmt::format(
        R"({{"allowedIPs":null,"applicationId":{},"creation":"{}","credentialId":{},"expiration":null,)"
        R"("lastUse":null,"ovhSupport":false,"rules":[{}],"status":"validated"}})",
        number_of(application), datetime(created), number_of(credential), list);
}

std::string details_json(std::string_view description) {
    return fmt::format(
        R"({{"account":"{0}","description":{1},"identities":[],"method":"account","roles":[],"user":"{0}"}})",
        kOurName, json_text(description));
}

}  // namespace callboard::ovh_rest
