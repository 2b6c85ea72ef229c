#include "event/numbering.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstdint>

namespace callboard {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/// No number is longer than this (E.164 allows 15 digits); longer text is not worth asking about.
constexpr std::size_t kLongestNumber = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The dialable characters of `raw`, or nothing when it holds others than digits, a leading + and the visual
/// separators of RFC 3966 §5.1.1.
std::string dialable(std::string_view raw) {
    std::string out;
    for (char c : raw) {
        if (is_digit(c) || (c == '+' && out.empty()))
            out += c;
        else if (c != '-' && c != '.' && c != ' ' && c != '(' && c != ')')
            return {};
    }
    return out;
}

std::string e164(const std::string& number, const std::string& region) {
    const bool international = number.starts_with('+') || number.starts_with("00");
    const std::string asked = number.starts_with("00") ? '+' + number.substr(2) : number;
    const auto* util = PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    if (util->Parse(asked, international ? "ZZ" : region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
        return {};
    if (!util->IsPossibleNumber(parsed)) return {};
    std::string out;
    util->Format(parsed, PhoneNumberUtil::E164, &out);
    return "00" + out.substr(1);
}

}  // namespace

bool is_known_region(const std::string& region) {
    return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0;
}

bool is_public_number(std::string_view number) {
    constexpr std::size_t kShortest = 9;  // 00 and seven digits
    return number.starts_with("00") && number.size() >= kShortest &&
           std::all_of(number.begin(), number.end(), is_digit);
}

NumberCountry country_of(std::string_view number) {
    if (!number.starts_with("00") || number.size() > kLongestNumber) return {};
    const auto* util = PhoneNumberUtil::GetInstance();
    PhoneNumber parsed;
    if (util->Parse('+' + std::string(number.substr(2)), "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
        return {};
    NumberCountry country{{}, parsed.country_code()};
    util->GetRegionCodeForCountryCode(country.code, &country.region);
    if (country.region == "ZZ" || country.region == "001") country.region.clear();  // no country's code
    return country;
}

Numbering::Numbering(std::string region) : region_(std::move(region)) {}

std::string Numbering::converted(std::string_view raw) const {
    std::string out;
    if (const std::string number = dialable(raw.substr(0, raw.find(';'))); number.size() > 4)
        out = e164(number, region_);
    return out.empty() ? std::string(raw) : out;
}

std::string_view Numbering::canonical(std::string_view raw) {
    if (raw.size() > kLongestNumber) return raw;
    if (const auto found = young_.find(raw); found != young_.end()) return found->second;
    const auto known = old_.find(raw);
    std::string out = known != old_.end() ? known->second : converted(raw);
    if (young_.size() >= kCacheEntries) {
        old_ = std::move(young_);
        young_.clear();
    }
    return young_.emplace(std::string(raw), std::move(out)).first->second;
}

const Service* Numbering::resolve(const Directory& directory, std::string_view raw) {
    if (const Service* service = directory.by_alias(raw)) return service;
    const std::string_view number = raw.substr(0, raw.find(';'));
    return directory.may_have(number) ? directory.by_alias(canonical(raw)) : nullptr;
}

std::string_view Numbering::party(const Directory& directory, std::string_view raw) {
    const Service* service = resolve(directory, raw);
    return service != nullptr ? std::string_view(service->number) : canonical(raw);
}

}  // namespace callboard
