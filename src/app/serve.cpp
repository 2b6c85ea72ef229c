#include <spdlog/spdlog.h>

#include "app/commands.hpp"
#include "app/failure.hpp"
#include "app/signals.hpp"
#include "app/wiring.hpp"

namespace callboard {
namespace {

void say_what_runs(const Installation& installation, const Config& config) {
    for (const auto& address : installation.http_addresses()) spdlog::info("http: listening on {}", address);
    if (config.services.empty())
        spdlog::warn("the configuration has no [[account.service]]: no line is known, nothing will be told");
    spdlog::info("ready: {} services of {} accounts", config.services.size(), config.accounts.size());
}

/// What a reload does not reach.
bool needs_restart(const Config& before, const Config& now) {
    const auto addresses = [](const Config& config) {
        auto all = config.http.listen;
        for (const auto& input : config.hep_inputs) all.push_back(input.name + ' ' + input.listen);
        return all;
    };
    return before.data_dir != now.data_dir || before.time_zone != now.time_zone ||
           before.default_region != now.default_region || before.threads != now.threads ||
           before.http.poll_timeout != now.http.poll_timeout ||
           before.journal.retention != now.journal.retention ||
           before.journal.sync_always != now.journal.sync_always || addresses(before) != addresses(now);
}

void reload(Installation& installation, const std::string& file, const Config& started_with) {
    const auto read = load_config(file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) {
        for (const auto& error : *errors) spdlog::error("reload: {}", error.text(file));
        spdlog::error("reload: nothing is changed; correct {} and send SIGHUP again", file);
        return;
    }
    const auto& config = std::get<Config>(read);
    installation.reload(config);
    spdlog::info("reload: {} services of {} accounts, {} API keys in force", config.services.size(),
                 config.accounts.size(), config.api_keys.size());
    if (needs_restart(started_with, config))
        spdlog::warn("reload: accounts and API keys are in force; what else was changed needs a restart");
}

}  // namespace

int serve(const std::string& config_file) {
    const auto read = load_config(config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(config_file, *errors);
    const auto& config = std::get<Config>(read);
    const SystemClock clock;
    const Signals signals;
    auto installation = Installation::start(config, clock);
    if (!installation) return fail(kNotStarted, installation.error().what);
    say_what_runs(**installation, config);
    int signal = 0;
    while ((signal = signals.wait()) == SIGHUP) reload(**installation, config_file, config);
    spdlog::info("stopping: {}", signal == SIGINT ? "interrupted" : "told to end");
    (*installation)->stop();
    spdlog::info("stopped");
    return kDone;
}

}  // namespace callboard
