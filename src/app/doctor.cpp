#include "app/commands.hpp"
#include "app/examination.hpp"
#include "app/failure.hpp"

namespace callboard {

int doctor(const DoctorOptions& options) {
    const auto read = load_config(options.config_file);
    Findings findings;
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) {
        for (const auto& error : *errors)
            findings.push_back(
                problem("configuration", error.text(options.config_file), "correct this line"));
    } else {
        findings.push_back(good("configuration", options.config_file + " is correct"));
        const SystemClock clock;
        const auto more = examine(std::get<Config>(read), clock);
        findings.insert(findings.end(), more.begin(), more.end());
    }
    if (options.json)
        fmt::print("{}\n", findings_json(findings));
    else
        for (const Finding& finding : findings) fmt::print("{}\n", finding_line(finding));
    return healthy(findings) ? kDone : kWrongUse;
}

}  // namespace callboard
