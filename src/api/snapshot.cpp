#include "api/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "api/json_object.hpp"
#include "event/masking.hpp"

namespace callboard {
namespace {

using Object = JsonObject;

const std::vector<Call>& calls_of(const State& state, std::string_view line) {
    static const std::vector<Call> kNone;
    const auto found = state.lines.find(line);
    return found == state.lines.end() ? kNone : found->second.calls;
}

/// Who tells of a line: the last of its sources that is up, else the last of all. Of one source it is known
/// without a word of it. Null: nobody has yet.
const SourceHealth* source_of(std::string_view line, const std::vector<SourceHealth>& sources,
                              const SourcesOf& sources_of) {
    if (sources.size() == 1) return &sources.front();
    const SourceHealth* last = nullptr;
    for (const auto& name : sources_of ? sources_of(line) : std::vector<std::string>()) {
        const auto found = std::find_if(sources.begin(), sources.end(),
                                        [&](const SourceHealth& source) { return source.name == name; });
        if (found != sources.end() && (last == nullptr || found->up || !last->up)) last = &*found;
    }
    return last;
}

void append_line(std::string& out, const Service& service, const State& state, const SourceHealth* source,
                 Time now) {
    const auto found = state.lines.find(service.number);
    const bool seen = found != state.lines.end() && found->second.known;
    const bool heard = source == nullptr || source->up;
    // Of a line that was never seen nothing is known since the first event of all.
    const Time never_seen_since = state.began == Time{} ? now : state.began;
    const Time since = seen ? found->second.since : never_seen_since;
    Object line(out);
    line.text("number", service.number)
        .text("description", service.description)
        .text("type", text_of(service.type))
        .text("state", text_of(heard ? status_of(state, service.number) : LineStatus::unknown))
        .time("since", heard ? since : std::max(since, source->since))
        .number("calls", calls_of(state, service.number).size())
        .number("simultaneous_lines", static_cast<std::uint64_t>(std::max(service.simultaneous_lines, 0)));
    if (seen && found->second.registered)
        line.truth("registered", *found->second.registered);
    else
        line.raw("registered", "null");
    if (source == nullptr)
        line.raw("source", "null");
    else
        line.text("source", source->name);
    line.truth("known", seen && heard);
}

void append_call(std::string& out, const Call& call) {
    Object object(out);
    object.text("call_id", call.call_id)
        .text("line", call.line)
        .text("state", text_of(call.status))
        .text("direction", call.incoming ? "in" : "out")
        .text("calling", call.calling)
        .text("called", call.called)
        .text("dialed", call.dialed)
        .time("started", call.started);
    if (call.answered)
        object.time("answered", *call.answered);
    else
        object.raw("answered", "null");
    object.truth("held", call.status == LineStatus::held).text_or_null("queue", call.queue);
}

Call masked(Call call, const Masking& masking) {
    call.call_id = masking.identifier(call.call_id);
    for (auto* party : {&call.calling, &call.called, &call.dialed}) *party = masking.party(*party);
    return call;
}

void append_counters(std::string& out, const QueueCounters& counters) {
    const std::uint64_t answered = counters.answered;
    const double level =
        answered == 0 ? 1.0 : static_cast<double>(counters.answered_in_time) / static_cast<double>(answered);
    Object(out)
        .number("offered", counters.offered)
        .number("answered", answered)
        .number("lost", counters.lost)
        .seconds("average_wait_s",
                 answered == 0 ? Duration{} : counters.total_wait / static_cast<std::int64_t>(answered))
        .seconds("longest_wait_s", counters.longest_wait)
        .raw("service_level", fmt::format("{:.4f}", level))
        .time("since", counters.since);
}

/// Of the agent of a grant nobody else's callers and nobody else are shown. `masking`: null when it is not
/// masked.
void append_queue(std::string& out, const Service& service, const State& state, std::string_view agent,
                  const Masking* masking) {
    static const Queue kNothingSeen;
    const auto found = state.queues.find(service.number);
    const Queue& queue = found == state.queues.end() ? kNothingSeen : found->second;
    Object object(out);
    object.text("number", service.number)
        .text("description", service.description)
        .text("type", text_of(service.type));
    std::vector<std::pair<std::uint64_t, const WaitingCaller*>> waiting;
    std::uint64_t position = 0;
    for (const WaitingCaller& caller : queue.waiting)
        if (++position; agent.empty() || is_agent(caller.agent.value_or(""), "", agent))
            waiting.emplace_back(position, &caller);
    append_json_array(object.begin("waiting"), waiting, [&](const auto& entry) {
        Object(out)
            .text("uuid", masking ? masking->identifier(entry.second->uuid) : entry.second->uuid)
            .text("calling", masking ? masking->party(entry.second->calling) : entry.second->calling)
            .time("joined", entry.second->joined)
            .number("position", entry.first)
            .text_or_null("agent", entry.second->agent);
    });
    std::vector<const QueueAgent*> agents;
    for (const auto& [name, one] : queue.agents)
        if (agent.empty() || is_agent(one.name, one.number, agent)) agents.push_back(&one);
    append_json_array(object.begin("agents"), agents, [&out](const QueueAgent* one) {
        Object(out)
            .text("name", one->name)
            .text("number", one->number)
            .text("status", one->status)
            .text("state", one->state)
            .time("since", one->since);
    });
    QueueCounters counters = queue.counters;
    if (counters.since == Time{}) counters.since = state.day_begin;
    append_counters(object.begin("counters"), counters);
}

void append_sources(std::string& out, const std::vector<SourceHealth>& sources) {
    append_json_array(out, sources, [&out](const SourceHealth& source) {
        Object object(out);
        object.text("name", source.name)
            .text("kind", source.kind)
            .truth("up", source.up)
            .time("since", source.since);
        if (!source.detail.empty()) object.text("detail", source.detail);
    });
}

}  // namespace

std::string snapshot_json(const State& state, const Directory& directory,
                          const std::vector<SourceHealth>& sources, const Grant& grant,
                          std::string_view cursor, Time now, const SourcesOf& sources_of) {
    std::vector<const Service*> lines;
    std::vector<const Service*> queues;
    for (const Service& service : directory.services())
        if (grant.covers(service)) (service.is_queue() ? queues : lines).push_back(&service);
    std::vector<const Call*> calls;
    for (const Service* line : lines) {
        for (const Call& call : calls_of(state, line->number)) calls.push_back(&call);
    }

    const Masking masking(&directory);
    std::string out;
    {
        Object snapshot(out);
        snapshot.text("cursor", cursor).time("time", now);
        append_json_array(snapshot.begin("lines"), lines, [&](const Service* service) {
            append_line(out, *service, state, source_of(service->number, sources, sources_of), now);
        });
        append_json_array(snapshot.begin("calls"), calls, [&](const Call* call) {
            grant.masked ? append_call(out, masked(*call, masking)) : append_call(out, *call);
        });
        append_json_array(snapshot.begin("queues"), queues, [&](const Service* service) {
            append_queue(out, *service, state, grant.agent, grant.masked ? &masking : nullptr);
        });
        append_sources(snapshot.begin("sources"), sources);
    }
    return out;
}

std::string sources_json(const std::vector<SourceHealth>& sources) {
    std::string out;
    append_sources(out, sources);
    return out;
}

}  // namespace callboard
