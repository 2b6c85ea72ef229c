#include "app/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "event/json.hpp"

namespace callboard {
namespace {

std::string_view word_of(Finding::State state) {
    switch (state) {
        case Finding::State::good:
            return "ok";
        case Finding::State::warning:
            return "warning";
        case Finding::State::problem:
            break;
    }
    return "problem";
}

}  // namespace

Finding good(std::string about, std::string what) {
    return {Finding::State::good, std::move(about), std::move(what), {}};
}
Finding warning(std::string about, std::string what, std::string advice) {
    return {Finding::State::warning, std::move(about), std::move(what), std::move(advice)};
}
Finding problem(std::string about, std::string what, std::string advice) {
    return {Finding::State::problem, std::move(about), std::move(what), std::move(advice)};
}

bool healthy(const Findings& findings) {
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& one) { return one.state == Finding::State::problem; });
}

std::string finding_line(const Finding& finding) {
    return fmt::format("{:<8} {}: {}{}{}", word_of(finding.state), finding.about, finding.what,
                       finding.advice.empty() ? "" : "; ", finding.advice);
}

std::string findings_json(const Findings& findings) {
    std::string json = healthy(findings) ? R"({"ok":true,"findings":[)" : R"({"ok":false,"findings":[)";
    for (const Finding& finding : findings) {
        json += json.ends_with('[') ? R"({"state":)" : R"(,{"state":)";
        append_json_string(json, word_of(finding.state));
        json += R"(,"about":)";
        append_json_string(json, finding.about);
        json += R"(,"what":)";
        append_json_string(json, finding.what);
        json += R"(,"advice":)";
        append_json_string(json, finding.advice);
        json += '}';
    }
    return json + "]}";
}

}  // namespace callboard
