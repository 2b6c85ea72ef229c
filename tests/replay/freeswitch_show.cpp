// Prints what is told of a recorded event socket beside what happened. For people, not a test.
#include <fmt/format.h>

#include "freeswitch_story.hpp"

int main(int argc, char** argv) {
    using namespace callboard;
    if (argc < 2) return 1;
    const auto scenario = replay::load_freeswitch(argv[1]);
    const auto played = replay::play(scenario);
    for (const auto& happening : scenario.phones)
        fmt::print("truth {:8.3f} {} {} {}\n", happening.at, happening.line, happening.event,
                   happening.call_id);
    for (const auto& [at, event] : played.told) {
        fmt::print("told  {:8.3f} {} {:14} ", at, event.ressource,
                   event.native ? "(" + event.name + ")" : event.name);
        if (const auto* data = std::get_if<LineData>(&event.data))
            fmt::print("{} -> {} ({}) {} [{}] {}\n", data->calling, data->called, data->dialed, data->call_id,
                       data->body, data->relevant_info);
        else
            for (const auto& [name, value] : std::get<QueueData>(event.data).members)
                fmt::print("{}={} ", name, value);
        if (event.protocol == Protocol::queues) fmt::print("\n");
    }
    for (const auto& line : replay::line_differences(scenario, played.told, 0.3))
        fmt::print("DIFF  {}\n", line);
    for (const auto& line : replay::queue_differences(scenario, played.told)) fmt::print("DIFF  {}\n", line);
    return 0;
}
