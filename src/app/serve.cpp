#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <tuple>

#include "app/commands.hpp"
#include "app/failure.hpp"
#include "app/service_notice.hpp"
#include "app/signals.hpp"
#include "app/wiring.hpp"

namespace callboard {
namespace {

std::string in_short(const Config& config) {
    return fmt::format("{} services of {} accounts", config.services.size(), config.accounts.size());
}

void say_what_runs(const Installation& installation, const Config& config) {
    for (const auto& address : installation.http_addresses()) spdlog::info("http: listening on {}", address);
    if (config.services.empty())
        spdlog::warn("the configuration has no [[account.service]]: no line is known, nothing will be told");
    spdlog::info("ready: {}", in_short(config));
}

/// As often as the loop turns when nobody watches.
constexpr std::chrono::microseconds kNoWatchdog = std::chrono::minutes(4);

bool same_inputs(const Config& before, const Config& now) {
    return std::equal(before.hep_inputs.begin(), before.hep_inputs.end(), now.hep_inputs.begin(),
                      now.hep_inputs.end(),
                      [](const auto& one, const auto& other) {
                          return one.name == other.name && one.listen == other.listen &&
                                 one.password.equals(other.password.reveal());
                      }) &&
           std::equal(before.freeswitch_inputs.begin(), before.freeswitch_inputs.end(),
                      now.freeswitch_inputs.begin(), now.freeswitch_inputs.end(),
                      [](const auto& one, const auto& other) { return one.same(other); }) &&
           std::equal(before.asterisk_inputs.begin(), before.asterisk_inputs.end(),
                      now.asterisk_inputs.begin(), now.asterisk_inputs.end(),
                      [](const auto& one, const auto& other) { return one.same(other); }) &&
           std::equal(before.ovh_inputs.begin(), before.ovh_inputs.end(), now.ovh_inputs.begin(),
                      now.ovh_inputs.end(),
                      [](const auto& one, const auto& other) { return one.same(other); });
}

/// What a reload does not reach.
bool needs_restart(const Config& before, const Config& now) {
    const auto rest = [](const Config& config) {
        return std::tie(config.data_dir, config.time_zone, config.default_region, config.threads,
                        config.http.listen, config.http.public_url, config.http.poll_timeout,
                        config.http.tls_certificate, config.http.tls_key, config.http.access_log,
                        config.http.connections_per_address, config.http.moving,
                        config.http.websocket_compression, config.audit_log, config.journal.retention,
                        config.journal.sync_always, config.history.retention);
    };
    return rest(before) != rest(now) || !before.history.url.equals(now.history.url.reveal()) ||
           !before.lookup.same(now.lookup) || !same_inputs(before, now);
}

/// Returns how it went, in a few words.
std::string reload(Installation& installation, const std::string& file, const Config& started_with) {
    const auto read = load_config(file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) {
        for (const auto& error : *errors) spdlog::error("reload: {}", error.text(file));
        spdlog::error("reload: nothing is changed; correct {} and send SIGHUP again", file);
        return "the last reload failed: see the log";
    }
    const auto& config = std::get<Config>(read);
    installation.reload(config);
    spdlog::info("reload: {} services of {} accounts, {} API keys in force", config.services.size(),
                 config.accounts.size(), config.api_keys.size() + config.api_clients.size());
    if (needs_restart(started_with, config))
        spdlog::warn(
            "reload: accounts, API keys and certificates are in force; what else was changed needs a "
            "restart");
    return in_short(config);
}

/// What systemd could not be told is no reason to end: it draws its own conclusions.
void warn_if_untold(const Result<void>& told) {
    if (!told) spdlog::warn("{}", told.error().what);
}

/// Waits for SIGTERM or SIGINT; reloads at SIGHUP, and feeds the watchdog meanwhile, as long as the parts
/// that everything depends on are alive.
int serve_until_told(Installation& installation, const std::string& file, const Config& config,
                     const Signals& signals, const ServiceNotice& notice, const Clock& clock) {
    using std::chrono::milliseconds;
    const auto watchdog =
        watchdog_interval(std::getenv("WATCHDOG_USEC"), std::getenv("WATCHDOG_PID"), ::getpid());
    const auto often = std::chrono::duration_cast<milliseconds>(watchdog.value_or(kNoWatchdog) / 4);
    while (true) {
        const auto signal = signals.wait(std::max(often, milliseconds(1)));
        if (signal && *signal != SIGHUP) return *signal;
        if (signal) {
            warn_if_untold(notice.reloading(clock.steady()));
            warn_if_untold(notice.ready(reload(installation, file, config)));
        } else if (watchdog && installation.beats()) {
            warn_if_untold(notice.alive());
        }
    }
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
    const auto notice = ServiceNotice::from_environment();
    warn_if_untold(notice.ready(in_short(config)));
    const int signal = serve_until_told(**installation, config_file, config, signals, notice, clock);
    warn_if_untold(notice.stopping());
    spdlog::info("stopping: {}", signal == SIGINT ? "interrupted" : "told to end");
    (*installation)->stop();
    spdlog::info("stopped");
    return kDone;
}

}  // namespace callboard
