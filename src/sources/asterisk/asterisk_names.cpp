#include "sources/asterisk/asterisk_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace callboard {
namespace {

/// Channel technologies with no phone or trunk at the other end.
constexpr std::array<std::string_view, 14> kInternal = {
    "Local", "Surrogate", "Bridge",    "Message", "Recorder",   "Announcer",    "Snoop",
    "CBAnn", "CBRec",     "AsyncGoto", "Parked",  "UnicastRTP", "MulticastRTP", "Transfered"};

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || c == '+' || c == '*' || c == '#';
    });
}

bool is_technology(std::string_view text) {
    return !text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
           });
}

}  // namespace

AsteriskChannelName parse_channel_name(std::string_view name) {
    AsteriskChannelName parsed;
    const auto slash = name.find('/');
    parsed.technology = name.substr(0, slash);
    if (slash == std::string_view::npos) return parsed;
    parsed.resource = name.substr(slash + 1);
    if (const auto mark = parsed.resource.find('<'); mark != std::string_view::npos)
        parsed.resource = parsed.resource.substr(0, mark);  // <MASQ>, <ZOMBIE>
    if (const auto dash = parsed.resource.rfind('-'); dash != std::string_view::npos)
        parsed.resource = parsed.resource.substr(0, dash);
    parsed.internal = std::find(kInternal.begin(), kInternal.end(), parsed.technology) != kInternal.end();
    return parsed;
}

std::string_view dialled_user(std::string_view interface) {
    if (const auto slash = interface.find('/');
        slash != std::string_view::npos && is_technology(interface.substr(0, slash)))
        interface.remove_prefix(slash + 1);
    if (const auto sip = interface.find("sip:"); sip != std::string_view::npos)
        interface.remove_prefix(sip + 4);
    const auto at = interface.find('@');
    if (at != std::string_view::npos) return interface.substr(0, at);
    const auto slash = interface.rfind('/');
    return slash == std::string_view::npos ? interface : interface.substr(slash + 1);
}

std::string device_of(std::string_view endpoint, std::string_view number, const KnowsName& knows) {
    if (knows && !endpoint.empty() && knows(endpoint)) return std::string(endpoint);
    if (knows && !number.empty() && knows(number)) return std::string(number);
    return is_number(endpoint) ? std::string(endpoint) : std::string();
}

std::string_view number_or_nothing(std::string_view number) {
    return number == "<unknown>" || number == "unknown" || number == "<null>" || number == "(null)"
               ? std::string_view()
               : number;
}

bool is_withheld(std::string_view presentation) {
    int value = 0;
    const auto [end, error] =
        std::from_chars(presentation.data(), presentation.data() + presentation.size(), value);
    constexpr int kRestriction = 0x60, kAllowed = 0;  // Q.951: bits 6 and 7
    if (error == std::errc{}) return (value & kRestriction) != kAllowed;
    return presentation.starts_with("prohib") || presentation == "unavailable";
}

}  // namespace callboard
