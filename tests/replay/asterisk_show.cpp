// Prints what a recording of Asterisk's manager interface tells beside what happened. For people, not a test.
#include <fmt/format.h>

#include "asterisk_story.hpp"

int main(int argc, char** argv) {
    using namespace callboard;
    if (argc < 2) return 1;
    const auto scenario = replay::load(argv[1]);
    const auto told = replay::play_ami(replay::news_of(replay::load_ami(argv[1])), scenario.begun);
    for (const auto& happening : scenario.truth)
        fmt::print("truth {:8.3f} {} {}\n", happening.at, happening.line, happening.event);
    for (const auto& [at, event] : told) {
        const char* native = event.native ? "native " : "";
        if (const auto* line = std::get_if<LineData>(&event.data)) {
            fmt::print("told  {:8.3f} {} {}{:14} {} -> {} ({}) {} [{}] {}\n", at, event.ressource, native,
                       event.name, line->calling, line->called, line->dialed, line->call_id, line->body,
                       line->relevant_info);
            continue;
        }
        fmt::print("told  {:8.3f} {} {}{}", at, event.ressource, native, event.name);
        for (const auto& [name, value] : std::get<QueueData>(event.data).members)
            if (name != "Action" && name != "Queue" && name != "Protocol") fmt::print(" {}={}", name, value);
        fmt::print("\n");
    }
    for (const auto& line : replay::differences(scenario.truth, told, 0.3)) fmt::print("DIFF  {}\n", line);
    return 0;
}
