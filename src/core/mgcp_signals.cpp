#include "core/mgcp_signals.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"
#include "event/mgcp_events.hpp"

namespace callboard {
namespace {

bool is_of_a_telephone(std::string_view package) {
    for (const std::string_view known : {"", "L", "G", "H"})
        if (equals_ignoring_case(package, known)) return true;
    return false;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRefusals = {{
    {"bz", "Busy tone"},
    {"nbz", "Congestion tone"},
    {"cg", "Congestion tone"},
    {"ro", "Reorder tone"},
    {"sit", "Special information tone"},
}};

bool is_numbered(std::string_view name, std::string_view stem, char first, char last) {
    return name.size() == stem.size() + 1 && equals_ignoring_case(name.substr(0, stem.size()), stem) &&
           name.back() >= first && name.back() <= last;
}

}  // namespace

MgcpSignals read_signals(std::string_view signals, std::string_view requested_events) {
    MgcpSignals read;
    for_each_event(signals, [&read](const MgcpEvent& signal) {
        if (!is_of_a_telephone(signal.package)) return;
        if (signal.is("rg") || is_numbered(signal.name, "r", '0', '7')) read.ring = true;
        if (signal.is("wt") || is_numbered(signal.name, "wt", '1', '4')) read.call_waiting = true;
        if (signal.is("rt") || signal.is("rbk")) read.ringback = true;
        if (signal.is("dl") || signal.is("sl")) read.dial_tone = true;
        for (const auto& [name, text] : kRefusals)
            if (signal.is(name)) read.refusal = text;
        if (signal.is("ci")) {
            const MgcpCallerId caller = caller_id(signal.parameters);
            read.calling = caller.number;
            read.withheld = caller.withheld;
        }
    });
    bool off_hook = false;
    bool on_hook = false;
    for_each_event(requested_events, [&](const MgcpEvent& event) {
        if (!is_of_a_telephone(event.package)) return;
        off_hook = off_hook || event.is("hd");
        on_hook = on_hook || event.is("hu");
    });
    read.expects_off_hook = off_hook && !on_hook;
    read.expects_on_hook = on_hook && !off_hook;
    return read;
}

}  // namespace callboard
