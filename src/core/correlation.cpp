#include "core/correlation.hpp"

#include <algorithm>
#include <utility>

namespace callboard {
namespace {

enum Kind : std::size_t {
    kRing,
    kRingEnd,
    kCall,
    kCallEnd,
    kHold,
    kHoldEnd,
    kFailed,
};
constexpr std::array<std::string_view, 7> kNames = {
    event_name::start_ringing, event_name::end_ringing, event_name::start_calling, event_name::end_calling,
    event_name::start_hold,    event_name::end_hold,    event_name::call_failed};

bool is_up(const std::array<std::uint32_t, kNames.size()>& told) {
    return told[kRing] > told[kRingEnd] || told[kCall] > told[kCallEnd];
}

/// A number that is not known differs from none.
bool may_be(std::string_view a, std::string_view b) {
    const auto unknown = [](std::string_view number) { return number.empty() || number == "anonymous"; };
    return a == b || unknown(a) || unknown(b);
}

Duration apart(Time a, Time b) { return a < b ? b - a : a - b; }

}  // namespace

void Correlation::adopt(const State& state, Time now) {
    for (const auto& [number, line] : state.lines)
        for (const Call& call : line.calls) {
            Known known;
            known.call_id = call.call_id;
            known.incoming = call.incoming;
            known.adopted = true;
            known.far = call.incoming ? call.calling : call.dialed;
            known.begun = call.started;
            known.heard = now;
            const bool rings = call.status == LineStatus::ringing;
            known.told[kRing] = rings ? 1 : 0;
            known.told[kCall] = rings ? 0 : 1;
            known.told[kHold] = call.status == LineStatus::held ? 1 : 0;
            lines_[number].push_back(std::move(known));
        }
}

void Correlation::take(std::string_view source, Event event, Time now, std::vector<Event>& out) {
    const auto* name = std::find(kNames.begin(), kNames.end(), event.name);
    auto* data = std::get_if<LineData>(&event.data);
    if (name == kNames.end() || data == nullptr) {
        if (repeats_registration(source, event, now))
            ++dropped_;
        else
            out.push_back(std::move(event));
        return;
    }
    const auto kind = static_cast<std::size_t>(name - kNames.begin());
    auto& calls = lines_[event.ressource];
    forget_old(calls, now);
    Known& call = known(calls, source, event, kind, now);
    call.heard = now;
    const auto teller = std::find_if(call.tellers.begin(), call.tellers.end(),
                                     [&](const Teller& one) { return one.source == source; });
    const auto count = ++teller->told[kind];
    const bool alone = call.tellers.size() == 1 && count > call.told[kind];
    // What was concluded from silence counts nothing while somebody else still hears the call.
    const bool concluded = data->body.empty() && (kind == kCallEnd || kind == kRingEnd);
    const bool heard_elsewhere =
        std::any_of(call.tellers.begin(), call.tellers.end(),
                    [&](const Teller& other) { return &other != &*teller && is_up(other.told); });
    const bool told_before = count <= call.told[kind];
    if (!alone && (told_before || !is_in_place(call, kind) || (concluded && heard_elsewhere))) {
        ++dropped_;
        return;
    }
    data->call_id = call.call_id;
    tell(call, kind, std::move(event), out);
}

/// Whether one source alone could tell this now.
bool Correlation::is_in_place(const Known& call, std::size_t kind) {
    const Counts& told = call.told;
    const bool rings = told[kRing] > told[kRingEnd];
    const bool talks = told[kCall] > told[kCallEnd];
    const bool holds = told[kHold] > told[kHoldEnd];
    switch (kind) {
        case kRing:
            return !rings && !talks;
        case kRingEnd:
            return rings;
        case kCall:
            return !talks;
        case kCallEnd:
            return rings || talks;
        case kHold:
            return talks && !holds;
        case kHoldEnd:
            return holds;
        default:
            return told[kRing] + told[kCall] == 0;
    }
}

/// In the order that one source alone would keep.
void Correlation::tell(Known& call, std::size_t kind, Event event, std::vector<Event>& out) {
    const auto before = [&](Kind start, Kind end) {
        const bool one_source = call.tellers.size() < 2 && !call.adopted;
        if (one_source || call.told[start] <= call.told[end]) return;
        Event missing = event;
        missing.name = kNames[end];
        call.told[end] = call.told[start];
        out.push_back(std::move(missing));
    };
    if (kind == kCall || kind == kCallEnd) before(kRing, kRingEnd);
    if (kind == kCallEnd) before(kHold, kHoldEnd);
    ++call.told[kind];
    out.push_back(std::move(event));
}

bool Correlation::repeats_registration(std::string_view source, const Event& event, Time now) {
    if (event.name != event_name::registered && event.name != event_name::unregistered) return false;
    Registration& last = registrations_[event.ressource];
    const bool repeats =
        last.name == event.name && last.source != source && apart(last.told, now) <= settings_.window;
    if (!repeats) last = {std::string(source), event.name, now};
    return repeats;
}

void Correlation::forget_old(std::vector<Known>& calls, Time now) const {
    std::erase_if(calls, [&](const Known& call) {
        return now - call.heard > (is_up(call.told) ? settings_.longest : settings_.linger);
    });
    if (calls.size() < settings_.most_calls_of_line) return;
    calls.erase(std::min_element(calls.begin(), calls.end(),
                                 [](const Known& a, const Known& b) { return a.heard < b.heard; }));
}

/// The call that the event is about, with its source among the tellers.
Correlation::Known& Correlation::known(std::vector<Known>& calls, std::string_view source, const Event& event,
                                       std::size_t kind, Time now) {
    const auto& data = std::get<LineData>(event.data);
    const auto told_as = [&](const Known& call, bool by_this_source) {
        return std::any_of(call.tellers.begin(), call.tellers.end(), [&](const Teller& one) {
            return one.call_id == data.call_id && (!by_this_source || one.source == source);
        });
    };
    const auto has_teller = [&](const Known& call) {
        return std::any_of(call.tellers.begin(), call.tellers.end(),
                           [&](const Teller& one) { return one.source == source; });
    };
    for (Known& call : calls)
        if (told_as(call, true)) return call;
    Known wanted;
    wanted.call_id = data.call_id;
    wanted.incoming = data.calling != event.ressource;
    wanted.far = wanted.incoming ? data.calling : data.dialed;
    wanted.begun = now;
    Known* found = nullptr;
    for (Known& call : calls)
        if (!has_teller(call) && (call.call_id == data.call_id || told_as(call, false))) found = &call;
    if (found == nullptr) found = match(calls, source, wanted, kind, now);
    if (found == nullptr) found = &calls.emplace_back(std::move(wanted));
    found->tellers.push_back({std::string(source), data.call_id, {}});
    return *found;
}

/// Of the calls that this source has not told of, the one that began nearest to `now`.
Correlation::Known* Correlation::match(std::vector<Known>& calls, std::string_view source,
                                       const Known& wanted, std::size_t kind, Time now) const {
    Known* nearest = nullptr;
    for (Known& call : calls) {
        const bool told = std::any_of(call.tellers.begin(), call.tellers.end(),
                                      [&](const Teller& one) { return one.source == source; });
        const bool same_parties = call.incoming == wanted.incoming && may_be(call.far, wanted.far);
        const bool same_time = apart(call.begun, now) <= settings_.window;
        // A source that begins to listen in mid-call finds it up, or between its ringing and its answer.
        const bool found_up =
            kind != kRing && (is_up(call.told) || apart(call.heard, now) <= settings_.window);
        if (told || !same_parties || !(same_time || found_up)) continue;
        if (nearest == nullptr || apart(call.begun, now) < apart(nearest->begun, now)) nearest = &call;
    }
    return nearest;
}

}  // namespace callboard
