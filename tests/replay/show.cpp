// Prints what the tracker tells of a recording beside what happened. For people, not a test.
#include <fmt/format.h>

#include "story.hpp"

int main(int argc, char** argv) {
    using namespace callboard;
    if (argc < 2) return 1;
    const auto scenario = replay::load(argv[1]);
    const auto told = replay::play(scenario.packets, scenario.begun);
    for (const auto& happening : scenario.truth)
        fmt::print("truth {:8.3f} {} {}\n", happening.at, happening.line, happening.event);
    for (const auto& [at, event] : told) {
        const auto& data = std::get<LineData>(event.data);
        fmt::print("told  {:8.3f} {} {:14} {} -> {} ({}) {} [{}] {}\n", at, event.ressource, event.name,
                   data.calling, data.called, data.dialed, data.call_id.substr(0, 12), data.body,
                   data.relevant_info);
    }
    for (const auto& line : replay::differences(scenario.truth, told, 0.3)) fmt::print("DIFF  {}\n", line);
    return 0;
}
