#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// One thing that `callboard doctor` looked at.
struct Finding {
    enum class State {
        good,     ///< nothing to do
        warning,  ///< it works, and something should be done
        problem,  ///< it does not work, or will not when it is started
    };
    State state = State::good;
    std::string about;   ///< `port 127.0.0.1:8080`, `clock`
    std::string what;    ///< how it is, a sentence
    std::string advice;  ///< what to do; empty when nothing is to be done

    bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

Finding good(std::string about, std::string what);
Finding warning(std::string about, std::string what, std::string advice);
Finding problem(std::string about, std::string what, std::string advice);

/// Whether there is no problem; warnings are none.
bool healthy(const Findings& findings);

/// `ok       clock: is synchronised`, `problem  port …: …; …`: one line, without its end.
std::string finding_line(const Finding& finding);

/// `{"ok":true,"findings":[{"state":"ok","about":"…","what":"…","advice":"…"}]}`
std::string findings_json(const Findings& findings);

}  // namespace callboard
